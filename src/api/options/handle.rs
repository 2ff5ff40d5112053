//! What every handle has, and what concerns the library as a whole.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::api::Callback;
use crate::api::Object;
use crate::api::errors;
use crate::api::options::dword_at;
use crate::api::options::row::*;
use crate::base::Code;
use crate::base::Result;
use crate::platform;

pub(super) static ROWS: &[Row] = &[
    row(
        1,
        "CALLBACK",
        SR,
        SCRWP,
        Access::Pointer {
            get: |on| Ok(on.object()?.node().callback().map_or(0, |callback| callback.function)),
            set: set_callback,
        },
    ),
    row(
        9,
        "HANDLE_TYPE",
        NONE,
        SCRWP,
        dword_out(|on| {
            Ok(match on.object()? {
                Object::Session(_) => 1,
                Object::Connect(_) => 2,
                Object::Request(_) => 3,
                Object::Resolver(_) => 4,
                Object::WebSocket(_) => 5,
            })
        }),
    ),
    row(21, "PARENT_HANDLE", NONE, SCRWP, pointer_out(|on| Ok(on.object()?.node().parent().raw()))),
    row(24, "EXTENDED_ERROR", NONE, SRN, dword_out(|_| Ok(errors::socket_code()))),
    row(
        45,
        "CONTEXT_VALUE",
        SCRWP,
        SCRWP,
        Access::Pointer {
            get: |on| Ok(on.object()?.node().context()),
            set: |on, context| {
                on.object()?.node().set_context(context);
                Ok(())
            },
        },
    ),
    // The process', by the words of the documentation; anybody's, by its table.
    row(
        59,
        "HTTP_VERSION",
        SRN,
        SRN,
        Access::Struct {
            size: 8,
            get: |_| Ok(HTTP_VERSION.load(Ordering::Relaxed).to_ne_bytes().to_vec()),
            set: |_, version| match (dword_at(version, 0), dword_at(version, 4)) {
                (1, 0 | 1) => {
                    let version = version.try_into().map_err(|_| Code::INTERNAL_ERROR)?;
                    HTTP_VERSION.store(u64::from_ne_bytes(version), Ordering::Relaxed);
                    Ok(())
                }
                _ => Err(Code::INVALID_PARAMETER),
            },
        },
    )
    .without_effect(),
    // As many threads as there is work for, always.
    row(80, "WORKER_THREAD_COUNT", N, SCR, dword(|_| Ok(0), |_, _| Ok(()))).without_effect(),
    row(
        85,
        "ENABLETRACING",
        N,
        N,
        dword(
            |_| Ok(TRACING.load(Ordering::Relaxed).into()),
            |_, yes| {
                TRACING.store(yes != 0, Ordering::Relaxed);
                Ok(())
            },
        ),
    )
    .without_effect(),
    row(
        99,
        "UNLOAD_NOTIFY_EVENT",
        S,
        NONE,
        pointer_in(|on, event| {
            // A program without event objects cannot have one to be set.
            if !platform::event_support() {
                return Err(Code::INVALID_OPTION);
            }
            *on.session()?.unload_event().lock() = Some(event).filter(|event| *event != 0);
            Ok(())
        }),
    ),
    // A promise of the application's that makes no difference: the engine copes either way.
    row(111, "ASSURED_NON_BLOCKING_CALLBACKS", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        184,
        "FEATURE_SUPPORTED",
        S,
        NONE,
        dword_in(|_, feature| match FEATURES.contains(&feature) {
            true => Ok(()),
            false => Err(Code::INVALID_OPTION),
        }),
    ),
];

/// Another function for the same notices, or for all when there was none; 0 removes it.
fn set_callback(on: Target<'_>, function: usize) -> Result<()> {
    const INVALID_STATUS_CALLBACK: usize = usize::MAX;
    if function == INVALID_STATUS_CALLBACK {
        return Err(Code::INVALID_PARAMETER);
    }
    let node = on.object()?.node();
    let mask = node.callback().map_or(u32::MAX, |callback| callback.mask);
    node.set_callback((function != 0).then_some(Callback { function, mask }));
    Ok(())
}

/// What the process set; nothing depends on it.
static HTTP_VERSION: AtomicU64 = AtomicU64::new(u64::from_ne_bytes(HTTP_1_1));
static TRACING: AtomicBool = AtomicBool::new(false);

/// `HTTP_VERSION_INFO`.
const HTTP_1_1: [u8; 8] = {
    let one = 1u32.to_ne_bytes();
    [one[0], one[1], one[2], one[3], one[0], one[1], one[2], one[3]]
};

/// `WINHTTP_FEATURE_*`: what is there and has its effect, so that a program may rely on it.
const FEATURES: &[u32] = &[
    2,  // IPV6_FAST_FALLBACK
    3,  // CONNECTION_STATS_V0
    4,  // REQUEST_TIMES
    5,  // EXPIRE_CONNECTION
    6,  // DISABLE_SECURE_PROTOCOL_FALLBACK
    7,  // HTTP_PROTOCOL_REQUIRED
    8,  // REQUEST_STATS
    9,  // SERVER_CERT_CHAIN_CONTEXT
    12, // CONNECTION_STATS_V1
    13, // SECURITY_INFO
    14, // TCP_KEEPALIVE
    17, // IGNORE_CERT_REVOCATION_OFFLINE
    24, // FAILED_CONNECTION_RETRIES
    27, // RESOLUTION_HOSTNAME
    38, // CONNECTION_GUID
    39, // MATCH_CONNECTION_GUID
    44, // IS_FEATURE_SUPPORTED
    46, // ADD_REQUEST_HEADERS_EX
    48, // READ_DATA_EX
    49, // QUERY_HEADERS_EX
    50, // QUERY_CONNECTION_GROUP
    51, // FREE_QUERY_CONNECTION_GROUP_RESULT
    52, // SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS
    53, // FLAG_SECURE_DEFAULTS
    54, // EXTENDED_HEADER_FLAG_UNICODE
    55, // QUERY_FLAG_TRAILERS
    56, // QUERY_FLAG_WIRE_ENCODING
    59, // FLAG_AUTOMATIC_CHUNKING
    60, // QUERY_CONNECTION_GROUP_FLAG_INSECURE
    61, // MATCH_CONNECTION_GUID_FLAG_REQUIRE_MARKED_CONNECTION
    62, // QUERY_EX_ALL_HEADERS
    63, // READ_DATA_EX_FLAG_FILL_BUFFER
    73, // REQUEST_ANNOTATION
    74, // DISABLE_PROXY_AUTH_SCHEMES
    76, // DISABLE_GLOBAL_POOLING
    77, // GET_PROXY_SETTINGS_EX
    80, // ICU_INCLUDE_DEFAULT_PORT
];
