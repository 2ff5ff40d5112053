"""Servers nobody here wrote, each in a private folder, on free ports of the loopback: nginx, Apache, httpbin.

    with Servers() as servers:
        ports = servers.apache(), servers.nginx()...

Whatever was started is ended with the block, and its folder removed.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CERTS = os.environ.get("TEST_CERTS") or os.path.join(ROOT, "build", "certs")
MODULES = "/usr/lib/apache2/modules"

APACHE = """
ServerRoot {dir}
ServerName localhost
PidFile {dir}/pid
ErrorLog {dir}/error.log
{user}
{modules}
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{tls}
DocumentRoot {dir}/www
TypesConfig /dev/null
ScriptSock {dir}/cgi.sock
Timeout 20
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 20
StartServers 1
SSLRandomSeed startup builtin
<Directory />
  Require all granted
</Directory>
<VirtualHost 127.0.0.1:{tls}>
  SSLEngine on
  SSLCertificateFile {certs}/server.pem
  SSLCertificateKeyFile {certs}/server.key
</VirtualHost>
<Location />
  SetEnv GIT_PROJECT_ROOT {dir}/git
  SetEnv GIT_HTTP_EXPORT_ALL 1
  SetEnv GIT_CONFIG_COUNT 1
  SetEnv GIT_CONFIG_KEY_0 safe.directory
  SetEnv GIT_CONFIG_VALUE_0 *
  SetEnv HOME {dir}
</Location>
RedirectMatch 301 ^/git/moved/(.*)$ https://localhost:{tls}/git/small/$1
ScriptAlias /git/ {git}/
Alias /locked/ {dir}/www/
Alias /deflated/ {dir}/www/
<LocationMatch ^/(git/)?locked/>
  AuthType Basic
  AuthName "the test server"
  AuthUserFile {dir}/users
  Require valid-user
</LocationMatch>
<Location /deflated/>
  SetOutputFilter DEFLATE
</Location>
{more}
"""


class Servers:
    def __init__(self):
        self.processes, self.directory = [], tempfile.mkdtemp(prefix="servers-")
        os.chmod(self.directory, 0o755)

    def __enter__(self):
        subprocess.run([os.path.join(ROOT, "scripts", "certs.sh"), CERTS], check=True)
        return self

    def __exit__(self, *_):
        for p in self.processes:
            p.send_signal(signal.SIGTERM)
        for p in self.processes:
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def folder(self, name):
        path = os.path.join(self.directory, name)
        os.makedirs(path, exist_ok=True)
        return path

    def start(self, command, *ports, **more):
        p = subprocess.Popen(command, stdin=subprocess.DEVNULL, **more)
        self.processes.append(p)
        for port in ports:
            for _ in range(1000):
                with socket.socket() as s:
                    s.settimeout(0.1)
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if p.poll() is not None:
                    raise SystemExit(f"{command[0]} ended at once")
                time.sleep(0.01)
            else:
                raise SystemExit(f"{command[0]} does not listen")

    def apache(self, more="", modules=()):
        """Apache httpd: files of `www`, git repositories of `git`, CGI. Gives its ports, plain and TLS."""
        directory = self.folder("apache")
        plain, tls = free_port(), free_port()
        www = self.folder("apache/www")
        with open(os.path.join(www, "hello.txt"), "w", encoding="ascii") as f:
            f.write("hello\n")
        with open(os.path.join(www, "lines.txt"), "w", encoding="ascii") as f:
            f.writelines(f"line {n}\n" for n in range(20000))
        # tester, secret: SHA-1, for htpasswd is in another package.
        with open(os.path.join(directory, "users"), "w", encoding="ascii") as f:
            f.write("tester:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n")
        wanted = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "env", "mime",
                  "cgid", "ssl", "socache_shmcb", "headers", "deflate", "filter", "dir", "reqtimeout", *modules]
        lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in wanted]
        user = ""
        if os.getuid() == 0:
            user = "User www-data\nGroup www-data"
            account = pwd.getpwnam("www-data")
            for base, _, files in os.walk(directory):
                for path in [base] + [os.path.join(base, name) for name in files]:
                    os.chown(path, account.pw_uid, account.pw_gid)
        git = subprocess.run(["git", "--exec-path"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        conf = os.path.join(directory, "httpd.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(APACHE.format(dir=directory, plain=plain, tls=tls, certs=CERTS, git=git + "/git-http-backend",
                                  modules="\n".join(lines), user=user, more=more))
        apache = shutil.which("apache2") or "/usr/sbin/apache2"
        self.start([apache, "-f", conf, "-DFOREGROUND"], plain, tls)
        return plain, tls

    def nginx(self, conf):
        """nginx with this `http` block, in which {dir}, {certs} and {NAME} (a free port each) are filled in; the ports by name."""
        directory = self.folder("nginx")
        ports = {}

        class Names(dict):
            def __missing__(self, name):
                ports[name] = free_port()
                self[name] = ports[name]
                return ports[name]

        text = conf.format_map(Names(dir=directory, certs=CERTS))
        user = "user root;" if os.getuid() == 0 else ""
        head = f"daemon off; worker_processes 1; {user} pid {directory}/pid; error_log stderr error;\n"
        temp = " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = os.path.join(directory, "nginx.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"{head}events {{ worker_connections 256; }}\nhttp {{ access_log off; {temp}\n{text}\n}}\n")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.start([nginx, "-c", path, "-p", directory, "-e", "stderr"], *ports.values())
        return ports

    def httpbin(self):
        """httpbin under waitress; its port."""
        port = free_port()
        python = os.path.join(ROOT, ".venv", "bin", "python3")
        self.start([python, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8", "httpbin:app"], port,
                   stderr=subprocess.DEVNULL)
        return port


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(content)


def git(*args, **more):
    names = {f"GIT_{who}_{what}": "test@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "-c", "init.defaultBranch=main", "-c", "safe.directory=*", *args], check=True,
                   env=dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", **names), stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, **more)


def repository(start, name, file, content):
    """A bare repository with one file in one commit, for Apache to serve; call it before apache()."""
    work, bare = os.path.join(start.directory, "work-" + name), os.path.join(start.folder("apache/git"), name)
    git("init", "-q", work)
    write(work, file, content)
    git("add", ".", cwd=work)
    git("commit", "-q", "-m", "first", cwd=work)
    git("clone", "-q", "--bare", work, bare)
    git("config", "http.receivepack", "true", cwd=bare)


def report(name, command, env, cwd=None, timeout=200, errors=None):
    """Runs a program that prints `ok NAME` and `FAIL NAME`; shows its lines and gives passed and failed. A bad end
    without a failed case counts as one."""
    p = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=errors)
    try:
        out, code = p.communicate(timeout=timeout)[0], p.returncode
    except subprocess.TimeoutExpired:
        p.kill()
        out, code = p.communicate()[0], "a timeout"
    lines = out.decode("utf-8", "replace").splitlines()
    for line in lines:
        print(f"{line} [{name}]" if line.startswith(("ok ", "FAIL ")) else line, flush=True)
    passed = sum(line.startswith("ok ") for line in lines)
    failed = sum(line.startswith("FAIL ") for line in lines)
    if not failed and (code or not passed):
        print(f"FAIL {name}\n     ended with {code}", flush=True)
        failed = 1
    return passed, failed
