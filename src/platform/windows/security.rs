//! NTLM and Negotiate by SSPI.

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::SEC_E_OK;
use windows_sys::Win32::Foundation::SEC_I_COMPLETE_AND_CONTINUE;
use windows_sys::Win32::Foundation::SEC_I_COMPLETE_NEEDED;
use windows_sys::Win32::Security::Authentication::Identity::*;
use windows_sys::Win32::Security::Credentials::SecHandle;
use windows_sys::Win32::System::Rpc::SEC_WINNT_AUTH_IDENTITY_UNICODE;
use windows_sys::Win32::System::Rpc::SEC_WINNT_AUTH_IDENTITY_W;

use crate::platform::LogOn;
use crate::platform::Package;
use crate::platform::ServiceName;
use crate::platform::Token;

/// One side's part of a handshake with a server.
pub(crate) struct SecurityContext {
    credentials: SecHandle,
    context: Option<SecHandle>,
    /// UTF-16, with its NUL.
    target: Vec<u16>,
    /// `SEC_CHANNEL_BINDINGS` with what follows it, or nothing.
    binding: Vec<u8>,
}

impl SecurityContext {
    /// Acquires the credentials: those of the thread that calls without `log_on`.
    pub(crate) fn new(
        package: Package,
        log_on: Option<LogOn>,
        service: &ServiceName,
        binding: Option<&[u8]>,
    ) -> io::Result<SecurityContext> {
        let package = wide(match package {
            Package::Ntlm => "NTLM",
            Package::Negotiate => "Negotiate",
        });
        let parts = log_on.map(|log_on| {
            let (domain, user) = log_on.user.split_once('\\').unwrap_or(("", &log_on.user));
            [wide(user), wide(domain), wide(&log_on.password)]
        });
        let length = |text: &[u16]| text.len() as u32 - 1;
        let identity = parts.as_ref().map(|[user, domain, password]| SEC_WINNT_AUTH_IDENTITY_W {
            User: user.as_ptr().cast_mut(),
            UserLength: length(user),
            Domain: domain.as_ptr().cast_mut(),
            DomainLength: length(domain),
            Password: password.as_ptr().cast_mut(),
            PasswordLength: length(password),
            Flags: SEC_WINNT_AUTH_IDENTITY_UNICODE,
        });
        let mut credentials = NO_HANDLE;
        let mut expiry = 0;
        // SAFETY: the texts end in a NUL, and they and the identity live through the call.
        let status = unsafe {
            AcquireCredentialsHandleW(
                ptr::null(),
                package.as_ptr(),
                SECPKG_CRED_OUTBOUND,
                ptr::null(),
                identity.as_ref().map_or(ptr::null(), |identity| ptr::from_ref(identity).cast()),
                None,
                ptr::null(),
                &mut credentials,
                &mut expiry,
            )
        };
        check("AcquireCredentialsHandle", status)?;
        Ok(SecurityContext {
            credentials,
            context: None,
            target: wide(&service.to_string()),
            binding: binding.map(channel_bindings).unwrap_or_default(),
        })
    }

    /// Takes what the server said, nothing at first, and gives what to say next. May wait for a server.
    pub(crate) fn step(&mut self, said: &[u8]) -> io::Result<Token> {
        let mut inputs = Vec::new();
        for (bytes, kind) in [(said, SECBUFFER_TOKEN), (&self.binding, SECBUFFER_CHANNEL_BINDINGS)] {
            if !bytes.is_empty() {
                inputs.push(SecBuffer {
                    cbBuffer: bytes.len() as u32,
                    BufferType: kind,
                    pvBuffer: bytes.as_ptr().cast_mut().cast(),
                });
            }
        }
        let input =
            SecBufferDesc { ulVersion: 0, cBuffers: inputs.len() as u32, pBuffers: inputs.as_mut_ptr() };
        // Ours, since Wine 8's Kerberos does not allocate.
        let mut room = vec![0; LARGEST_TOKEN];
        let mut token = SecBuffer {
            cbBuffer: room.len() as u32,
            BufferType: SECBUFFER_TOKEN,
            pvBuffer: room.as_mut_ptr().cast(),
        };
        let mut output = SecBufferDesc { ulVersion: 0, cBuffers: 1, pBuffers: &mut token };
        let mut context = NO_HANDLE;
        let (mut attributes, mut expiry) = (0, 0);
        // SAFETY: everything pointed to lives through the call; handles are SSPI's own; input is only
        // read.
        let status = unsafe {
            InitializeSecurityContextW(
                &self.credentials,
                self.context.as_ref().map_or(ptr::null(), ptr::from_ref),
                self.target.as_ptr(),
                ISC_REQ_CONNECTION,
                0,
                SECURITY_NATIVE_DREP,
                if inputs.is_empty() { ptr::null() } else { &input },
                0,
                &mut context,
                &mut output,
                &mut attributes,
                &mut expiry,
            )
        };
        if status >= 0 && self.context.is_none() {
            self.context = Some(context);
        }
        let mut finished = status;
        if matches!(status, SEC_I_COMPLETE_NEEDED | SEC_I_COMPLETE_AND_CONTINUE) {
            // SAFETY: context and token are those that SSPI has just made.
            finished = unsafe { CompleteAuthToken(&context, &output) };
        }
        check("InitializeSecurityContext", if finished < 0 { finished } else { status })?;
        room.truncate(token.cbBuffer as usize);
        Ok(Token { bytes: room, done: matches!(status, SEC_E_OK | SEC_I_COMPLETE_NEEDED) })
    }
}

impl Drop for SecurityContext {
    fn drop(&mut self) {
        if let Some(context) = &self.context {
            // SAFETY: SSPI's own, and nobody uses it any more.
            unsafe { DeleteSecurityContext(context) };
        }
        // SAFETY: as above.
        unsafe { FreeCredentialsHandle(&self.credentials) };
    }
}

/// `SEC_CHANNEL_BINDINGS`, eight DWORDs of which the last two say how long the application's data is and
/// where, and that data.
fn channel_bindings(data: &[u8]) -> Vec<u8> {
    const HEADER: u32 = 32;
    let words = [0, 0, 0, 0, 0, 0, data.len() as u32, HEADER];
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
    bytes.extend_from_slice(data);
    bytes
}

fn check(call: &str, status: i32) -> io::Result<()> {
    if status < 0 { Err(io::Error::other(format!("{call}: {status:#x}"))) } else { Ok(()) }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// No package makes larger ones, which Windows' own limits see to.
const LARGEST_TOKEN: usize = 0x1_0000;
const NO_HANDLE: SecHandle = SecHandle { dwLower: 0, dwUpper: 0 };
