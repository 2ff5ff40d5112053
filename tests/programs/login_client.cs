// What .NET's HttpClient does with certificates, credentials and proxies through WinHTTP: login_client NAME=ADDRESS...
// The servers: `bin` is httpbin; `plain` has no TLS, `tls` is trusted, `strange` is not, `asks` wants a certificate; `ntlm`, if given, wants NTLM;
// `open`, `basic` and `digest` are proxies. tester has the password secret everywhere; `folder` has a certificate.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using static Cases;

static class Program
{
    static Dictionary<string, string> at;
    static readonly NetworkCredential tester = new NetworkCredential("tester", "secret");
    static readonly NetworkCredential domainTester = new NetworkCredential("tester", "secret", "DOMAIN");

    static HttpClient Client(Action<HttpClientHandler> change)
    {
        var handler = new HttpClientHandler { UseProxy = false };
        change(handler);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    // .NET's own goes around the proxy for what is on this machine.
    class Via : IWebProxy
    {
        public string Address;
        public ICredentials Credentials { get; set; }
        public Uri GetProxy(Uri target) => new Uri(Address);
        public bool IsBypassed(Uri target) => false;
    }

    // The error of WinHTTP in a failed request.
    static async Task<int> Error(HttpClient client, string url)
    {
        var e = await Throws<HttpRequestException>(() => client.GetStringAsync(url));
        return e.InnerException is Win32Exception inner ? inner.NativeErrorCode : throw e;
    }

    static async Task GetsOverTls()
    {
        using (var client = Client(h => { }))
            for (int i = 0; i < 3; i++) Equal(await client.GetStringAsync(at["tls"] + "/hello.txt"), "hello\n");
    }

    static async Task AnUnknownAuthority()
    {
        using (var client = Client(h => { }))
            Equal(await Error(client, at["strange"] + "/hello.txt"), 12175);
    }

    static async Task TheProgramJudgesTheCertificate()
    {
        string subject = null;
        SslPolicyErrors errors = 0;
        int chain = 0;
        bool good = true;
        using (var client = Client(h => h.ServerCertificateCustomValidationCallback = (message, certificate, links, found) =>
        {
            subject = certificate.Subject;
            chain = links.ChainElements.Count;
            errors = found;
            return good;
        }))
        {
            Equal(await client.GetStringAsync(at["strange"] + "/hello.txt"), "hello\n");
            Equal(subject.Contains("CN="), true);
            Equal(chain, 1);
            Equal(errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors), true);
        }
        good = false;
        using (var client = Client(h => h.ServerCertificateCustomValidationCallback = (message, certificate, links, found) => good))
            Equal(await Error(client, at["strange"] + "/hello.txt"), 12175);
    }

    static async Task ShowsACertificate()
    {
        var mine = new X509Certificate2(Path.Combine(at["folder"], "client.p12"), "secret");
        using (var client = Client(h =>
        {
            h.ClientCertificateOptions = ClientCertificateOption.Manual;
            h.ClientCertificates.Add(mine);
        }))
        {
            var response = await client.GetAsync(at["asks"] + "/hello.txt");
            Equal(response.StatusCode, HttpStatusCode.OK);
            Equal(response.Headers.GetValues("X-Client").Single().Length > 0, true);
        }
    }

    static async Task HasNoCertificate()
    {
        using (var client = Client(h => { }))
            Equal((await client.GetAsync(at["asks"] + "/hello.txt")).StatusCode, HttpStatusCode.BadRequest);
    }

    static async Task LogsIn(string path, NetworkCredential known)
    {
        using (var client = Client(h => h.Credentials = known))
            Equal((await client.GetAsync(path)).StatusCode, HttpStatusCode.OK);
        using (var client = Client(h => h.Credentials = new NetworkCredential("tester", "wrong")))
            Equal((await client.GetAsync(path)).StatusCode, HttpStatusCode.Unauthorized);
        using (var client = Client(h => { }))
            Equal((await client.GetAsync(path)).StatusCode, HttpStatusCode.Unauthorized);
    }

    static Task LogsInByBasic() => LogsIn(at["bin"] + "/basic-auth/tester/secret", tester);

    static Task LogsInByDigest() => LogsIn(at["bin"] + "/digest-auth/auth/tester/secret/SHA-256", tester);

    static Task LogsInByNtlm() => LogsIn(at["ntlm"] + "/get", domainTester);

    static async Task CredentialsBeforeTheyAreAskedFor()
    {
        using (var client = Client(h => { h.Credentials = tester; h.PreAuthenticate = true; }))
            for (int i = 0; i < 3; i++)
                Equal((await client.GetAsync(at["bin"] + "/basic-auth/tester/secret")).StatusCode, HttpStatusCode.OK);
    }

    // The body is sent again when the server has asked for the name.
    static async Task PostsAndLogsIn()
    {
        using (var client = Client(h => h.Credentials = domainTester))
        {
            string text = new string('x', 200000);
            var response = await client.PostAsync(at["ntlm"] + "/post", new StringContent(text, Encoding.ASCII));
            Equal(response.StatusCode, HttpStatusCode.OK);
            Equal((await response.Content.ReadAsStringAsync()).Contains(text), true);
        }
    }

    static async Task Through(string proxy, bool knows)
    {
        using (var client = Client(h =>
        {
            h.UseProxy = true;
            h.Proxy = new Via { Address = at[proxy], Credentials = knows ? tester : null };
        }))
        {
            Equal((await client.GetAsync(at["plain"] + "/hello.txt")).StatusCode,
                knows ? HttpStatusCode.OK : HttpStatusCode.ProxyAuthenticationRequired);
            if (knows)
                Equal(await client.GetStringAsync(at["tls"] + "/hello.txt"), "hello\n");
        }
    }

    static async Task ThroughProxies()
    {
        await Through("open", true);
        await Through("basic", true);
        await Through("digest", true);
        await Through("basic", false);
        await Through("digest", false);
    }

    static async Task TheProxyIsDead()
    {
        using (var client = Client(h =>
        {
            h.UseProxy = true;
            h.Proxy = new Via { Address = "http://localhost:1" };
        }))
            Equal(await Error(client, at["bin"] + "/get"), 12029);
    }

    static int Main(string[] arguments)
    {
        at = arguments.ToDictionary(a => a.Substring(0, a.IndexOf('=')), a => a.Substring(a.IndexOf('=') + 1));
        Case("gets_over_tls", GetsOverTls);
        Case("an_unknown_authority", AnUnknownAuthority);
        Case("the_program_judges_the_certificate", TheProgramJudgesTheCertificate);
        Case("shows_a_certificate", ShowsACertificate);
        Case("has_no_certificate", HasNoCertificate);
        Case("logs_in_by_basic", LogsInByBasic);
        Case("logs_in_by_digest", LogsInByDigest);
        Case("credentials_before_they_are_asked_for", CredentialsBeforeTheyAreAskedFor);
        Case("through_proxies", ThroughProxies);
        Case("the_proxy_is_dead", TheProxyIsDead);
        if (at.ContainsKey("ntlm"))
        {
            Case("logs_in_by_ntlm", LogsInByNtlm);
            Case("posts_and_logs_in", PostsAndLogsIn);
        }
        return Failures;
    }
}
