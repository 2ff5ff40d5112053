//! The one error type that crosses layers: a Win32 error code.

use std::fmt;
use std::num::NonZeroU32;

/// A Win32 or WinHTTP error code; never 0 (`ERROR_SUCCESS`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Code(NonZeroU32);

/// What fallible functions return on the way to the C border.
pub(crate) type Result<T> = std::result::Result<T, Code>;

macro_rules! codes {
    ($($name:ident = $value:literal,)*) => {
        impl Code {
            $(pub(crate) const $name: Code = Code(NonZeroU32::new($value).unwrap());)*
        }

        impl fmt::Debug for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0.get() {
                    $($value => f.write_str(stringify!($name)),)*
                    other => write!(f, "Code({other})"),
                }
            }
        }
    };
}

codes! {
    FILE_NOT_FOUND = 2,
    ACCESS_DENIED = 5,
    INVALID_HANDLE = 6,
    NOT_ENOUGH_MEMORY = 8,
    NOT_SUPPORTED = 50,
    INVALID_PARAMETER = 87,
    INSUFFICIENT_BUFFER = 122,
    INVALID_OPERATION = 4317,
    TIMEOUT = 12002,
    INTERNAL_ERROR = 12004,
    INVALID_URL = 12005,
    UNRECOGNIZED_SCHEME = 12006,
    NAME_NOT_RESOLVED = 12007,
    INVALID_OPTION = 12009,
    OPTION_NOT_SETTABLE = 12011,
    LOGIN_FAILURE = 12015,
    OPERATION_CANCELLED = 12017,
    INCORRECT_HANDLE_TYPE = 12018,
    INCORRECT_HANDLE_STATE = 12019,
    CANNOT_CONNECT = 12029,
    CONNECTION_ERROR = 12030,
    RESEND_REQUEST = 12032,
    CLIENT_AUTH_CERT_NEEDED = 12044,
    HEADER_NOT_FOUND = 12150,
    INVALID_SERVER_RESPONSE = 12152,
    INVALID_QUERY_REQUEST = 12154,
    HEADER_ALREADY_EXISTS = 12155,
    REDIRECT_FAILED = 12156,
    BAD_AUTO_PROXY_SCRIPT = 12166,
    UNABLE_TO_DOWNLOAD_SCRIPT = 12167,
    SECURE_FAILURE = 12175,
    AUTO_PROXY_SERVICE_ERROR = 12178,
    AUTODETECTION_FAILED = 12180,
    HEADER_COUNT_EXCEEDED = 12181,
    HEADER_SIZE_OVERFLOW = 12182,
    CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW = 12183,
    RESPONSE_DRAIN_OVERFLOW = 12184,
    CLIENT_CERT_NO_PRIVATE_KEY = 12185,
    CLIENT_CERT_NO_ACCESS_PRIVATE_KEY = 12186,
    CLIENT_AUTH_CERT_NEEDED_PROXY = 12187,
    SECURE_FAILURE_PROXY = 12188,
    HTTP_PROTOCOL_MISMATCH = 12190,
    FAST_FORWARDING_NOT_SUPPORTED = 12193,
}

impl Code {
    /// The number that C sees.
    pub(crate) const fn get(self) -> u32 {
        self.0.get()
    }
}
