//! What every handle has, and what concerns the library as a whole.

use crate::api::Object;
use crate::api::options::row::*;
use crate::base::Code;
use crate::platform;

pub(super) static ROWS: &[Row] = &[
    row(
        1,
        "CALLBACK",
        NONE,
        SCRW,
        pointer_out(|on| Ok(on.object()?.node().callback().map_or(0, |callback| callback.function))),
    ),
    row(
        9,
        "HANDLE_TYPE",
        NONE,
        SCRW,
        dword_out(|on| {
            Ok(match on.object()? {
                Object::Session(_) => 1,
                Object::Connect(_) => 2,
                Object::Request(_) => 3,
                Object::WebSocket(_) => 5,
            })
        }),
    ),
    row(
        21,
        "PARENT_HANDLE",
        NONE,
        SCRW,
        pointer_out(|on| Ok(on.object()?.node().parent().map_or(0, |parent| parent.node().handle().raw()))),
    ),
    row(
        45,
        "CONTEXT_VALUE",
        SCRW,
        SCRW,
        Access::Pointer {
            get: |on| Ok(on.object()?.node().context()),
            set: |on, context| {
                on.object()?.node().set_context(context);
                Ok(())
            },
        },
    ),
    row(80, "WORKER_THREAD_COUNT", NONE, SCR, dword_out(|_| Ok(0))),
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
];
