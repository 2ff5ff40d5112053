//! NTLM and Negotiate by GSSAPI: MIT Kerberos' library, loaded when the first server asks for it, so
//! that programs that never meet one need nothing installed. Tickets come from the user's cache.
//! NTLM is a mechanism of that library which a package adds to it (gss-ntlmssp).

use std::ffi::CStr;
use std::ffi::c_void;
use std::io;
use std::mem::transmute;
use std::ptr;
use std::sync::OnceLock;

use crate::platform::LogOn;
use crate::platform::Package;
use crate::platform::ServiceName;
use crate::platform::Token;

/// One side's part of a handshake with a server.
pub(crate) struct SecurityContext {
    gss: &'static Gss,
    mechanism: Oid,
    /// For the first step, which acquires the credentials: that may ask a server.
    log_on: Option<LogOn>,
    credentials: Handle,
    context: Handle,
    target: Handle,
    /// `tls-server-end-point:` and the hash, or nothing.
    binding: Vec<u8>,
}

// SAFETY: GSSAPI allows its objects to be used by any thread, one at a time; `&mut` sees to that.
unsafe impl Send for SecurityContext {}

impl SecurityContext {
    /// Prepares a handshake; nothing is asked of anybody yet. Without `log_on` the user's tickets are used.
    pub(crate) fn new(
        package: Package,
        log_on: Option<LogOn>,
        service: &ServiceName,
        binding: Option<&[u8]>,
    ) -> io::Result<SecurityContext> {
        let gss = gss()?;
        // The same name with another mark between its parts.
        let name = service.to_string().replacen('/', "@", 1);
        Ok(SecurityContext {
            gss,
            mechanism: match package {
                Package::Ntlm => NTLM,
                Package::Negotiate => SPNEGO,
            },
            log_on,
            credentials: ptr::null_mut(),
            context: ptr::null_mut(),
            target: gss.import_name(name.as_bytes(), &SERVICE_NAME)?,
            binding: binding.map(<[u8]>::to_vec).unwrap_or_default(),
        })
    }

    /// Takes what the server said, nothing at first, and gives what to say next. May wait for a server.
    pub(crate) fn step(&mut self, said: &[u8]) -> io::Result<Token> {
        if let Some(log_on) = self.log_on.take() {
            self.acquire(&log_on)?;
        }
        let mut bindings = Bindings {
            initiator_type: 0,
            initiator: Buffer::EMPTY,
            acceptor_type: 0,
            acceptor: Buffer::EMPTY,
            application: Buffer::of(&self.binding),
        };
        let input = Buffer::of(said);
        let mut output = Buffer::EMPTY;
        let mut minor = 0;
        // SAFETY: every pointer is to something that lives through the call; handles are null or the
        // library's own; input is only read.
        let major = unsafe {
            (self.gss.init_sec_context)(
                &mut minor,
                self.credentials,
                &mut self.context,
                self.target,
                &self.mechanism,
                0,
                0,
                if self.binding.is_empty() { ptr::null_mut() } else { &mut bindings },
                if said.is_empty() { ptr::null() } else { &input },
                ptr::null_mut(),
                &mut output,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        let bytes = self.gss.take(&mut output);
        check("gss_init_sec_context", major, minor)?;
        Ok(Token { bytes, done: major & CONTINUE_NEEDED == 0 })
    }

    fn acquire(&mut self, log_on: &LogOn) -> io::Result<()> {
        let name = match (log_on.user.split_once('\\'), log_on.user.rsplit_once('@')) {
            // Kerberos knows no backslash, and spells its realms in capitals.
            (Some((domain, user)), _) | (None, Some((user, domain))) if self.mechanism == SPNEGO => {
                format!("{user}@{}", domain.to_uppercase())
            }
            _ => log_on.user.clone(),
        };
        let user = Owned { gss: self.gss, name: self.gss.import_name(name.as_bytes(), &USER_NAME)? };
        // gss-ntlmssp reads up to a NUL.
        let terminated = format!("{}\0", log_on.password);
        let password = Buffer { length: log_on.password.len(), ..Buffer::of(terminated.as_bytes()) };
        let mechanisms = OidSet { count: 1, elements: &self.mechanism };
        let mut minor = 0;
        // SAFETY: as in `step`.
        let major = unsafe {
            (self.gss.acquire_cred_with_password)(
                &mut minor,
                user.name,
                &password,
                u32::MAX,
                &mechanisms,
                INITIATE,
                &mut self.credentials,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        check("gss_acquire_cred_with_password", major, minor)
    }
}

impl Drop for SecurityContext {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the handle is null or the library's own, and nobody uses it any more.
        unsafe { (self.gss.delete_sec_context)(&mut minor, &mut self.context, ptr::null_mut()) };
        // SAFETY: as above.
        unsafe { (self.gss.release_cred)(&mut minor, &mut self.credentials) };
        // SAFETY: as above.
        unsafe { (self.gss.release_name)(&mut minor, &mut self.target) };
    }
}

struct Owned {
    gss: &'static Gss,
    name: Handle,
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the library's own, and nobody uses it any more.
        unsafe { (self.gss.release_name)(&mut 0, &mut self.name) };
    }
}

/// The functions of RFC 2744 that are used here, and MIT's for a password.
struct Gss {
    import_name: ImportName,
    release_name: ReleaseHandle,
    release_buffer: ReleaseBuffer,
    release_cred: ReleaseHandle,
    delete_sec_context: DeleteSecContext,
    acquire_cred_with_password: AcquireCredWithPassword,
    init_sec_context: InitSecContext,
}

type ImportName = unsafe extern "C" fn(*mut u32, *const Buffer, *const Oid, *mut Handle) -> u32;

type ReleaseHandle = unsafe extern "C" fn(*mut u32, *mut Handle) -> u32;

type ReleaseBuffer = unsafe extern "C" fn(*mut u32, *mut Buffer) -> u32;

type DeleteSecContext = unsafe extern "C" fn(*mut u32, *mut Handle, *mut Buffer) -> u32;

type AcquireCredWithPassword = unsafe extern "C" fn(
    *mut u32,
    Handle,
    *const Buffer,
    u32,
    *const OidSet,
    i32,
    *mut Handle,
    *mut *mut OidSet,
    *mut u32,
) -> u32;

type InitSecContext = unsafe extern "C" fn(
    *mut u32,
    Handle,
    *mut Handle,
    Handle,
    *const Oid,
    u32,
    u32,
    *mut Bindings,
    *const Buffer,
    *mut *mut Oid,
    *mut Buffer,
    *mut u32,
    *mut u32,
) -> u32;

impl Gss {
    fn load() -> Option<Gss> {
        // SAFETY: the name is a C string; the library stays for good.
        let library =
            unsafe { libc::dlopen(c"libgssapi_krb5.so.2".as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if library.is_null() {
            return None;
        }
        let find = |name: &CStr| {
            // SAFETY: the library is open, the name a C string.
            let found = unsafe { libc::dlsym(library, name.as_ptr()) };
            (!found.is_null()).then_some(found)
        };
        type In = *mut c_void;
        Some(Gss {
            // SAFETY: here and below the library's function of this name has this type (gssapi.h).
            import_name: unsafe { transmute::<In, ImportName>(find(c"gss_import_name")?) },
            // SAFETY: as above.
            release_name: unsafe { transmute::<In, ReleaseHandle>(find(c"gss_release_name")?) },
            // SAFETY: as above.
            release_buffer: unsafe { transmute::<In, ReleaseBuffer>(find(c"gss_release_buffer")?) },
            // SAFETY: as above.
            release_cred: unsafe { transmute::<In, ReleaseHandle>(find(c"gss_release_cred")?) },
            // SAFETY: as above.
            delete_sec_context: unsafe {
                transmute::<In, DeleteSecContext>(find(c"gss_delete_sec_context")?)
            },
            // SAFETY: as above.
            acquire_cred_with_password: unsafe {
                transmute::<In, AcquireCredWithPassword>(find(c"gss_acquire_cred_with_password")?)
            },
            // SAFETY: as above.
            init_sec_context: unsafe { transmute::<In, InitSecContext>(find(c"gss_init_sec_context")?) },
        })
    }

    fn import_name(&self, name: &[u8], kind: &Oid) -> io::Result<Handle> {
        let (mut minor, mut out) = (0, ptr::null_mut());
        // SAFETY: the name is read during the call, the others are writable.
        let major = unsafe { (self.import_name)(&mut minor, &Buffer::of(name), kind, &mut out) };
        check("gss_import_name", major, minor).map(|()| out)
    }

    /// A copy of what the library allocated, which is freed.
    fn take(&self, buffer: &mut Buffer) -> Vec<u8> {
        if buffer.value.is_null() {
            return Vec::new();
        }
        // SAFETY: the library filled in so many bytes at that place.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.value.cast::<u8>(), buffer.length) }.to_vec();
        // SAFETY: it is the library's, and has been copied.
        unsafe { (self.release_buffer)(&mut 0, buffer) };
        bytes
    }
}

fn gss() -> io::Result<&'static Gss> {
    static GSS: OnceLock<Option<Gss>> = OnceLock::new();
    GSS.get_or_init(Gss::load)
        .as_ref()
        .ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "libgssapi_krb5.so.2 is not there"))
}

/// Numbers only: the library's own text may name the user.
fn check(call: &str, major: u32, minor: u32) -> io::Result<()> {
    // The upper half has the errors, the lower one what is to be known beside.
    if major & 0xffff_0000 == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!("{call}: {major:#x}, {minor:#x}")))
}

type Handle = *mut c_void;

#[repr(C)]
struct Buffer {
    length: usize,
    value: *mut c_void,
}

impl Buffer {
    const EMPTY: Buffer = Buffer { length: 0, value: ptr::null_mut() };

    /// For input: the library does not write to it.
    fn of(bytes: &[u8]) -> Buffer {
        Buffer { length: bytes.len(), value: bytes.as_ptr().cast_mut().cast() }
    }
}

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
struct Oid {
    length: u32,
    elements: *const u8,
}

// SAFETY: it points to constants.
unsafe impl Sync for Oid {}

impl Oid {
    const fn new(bytes: &'static [u8]) -> Oid {
        Oid { length: bytes.len() as u32, elements: bytes.as_ptr() }
    }
}

#[repr(C)]
struct OidSet {
    count: usize,
    elements: *const Oid,
}

#[repr(C)]
struct Bindings {
    initiator_type: u32,
    initiator: Buffer,
    acceptor_type: u32,
    acceptor: Buffer,
    application: Buffer,
}

/// 1.3.6.1.5.5.2
static SPNEGO: Oid = Oid::new(b"\x2b\x06\x01\x05\x05\x02");
/// 1.3.6.1.4.1.311.2.2.10
static NTLM: Oid = Oid::new(b"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");
/// `GSS_C_NT_HOSTBASED_SERVICE`
static SERVICE_NAME: Oid = Oid::new(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04");
/// `GSS_C_NT_USER_NAME`
static USER_NAME: Oid = Oid::new(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x01");
const CONTINUE_NEEDED: u32 = 1;
/// `GSS_C_INITIATE`
const INITIATE: i32 = 1;
