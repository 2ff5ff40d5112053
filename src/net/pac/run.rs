//! One call of a script's FindProxyForURL.

use std::rc::Rc;
use std::sync::Arc;

use rquickjs::CatchResultExt;
use rquickjs::Coerced;
use rquickjs::Context;
use rquickjs::Ctx;
use rquickjs::FromJs;
use rquickjs::Function;
use rquickjs::IntoJs;
use rquickjs::Runtime;
use rquickjs::context::EvalOptions;
use rquickjs::context::intrinsic;
use rquickjs::function::Rest;

use super::Failure;
use super::Limits;
use super::budget::Budget;
use super::heap::Heap;
use super::world::Network;
use crate::net::op::Waiting;
use crate::proto::pac;

/// What the library of the engine has in a run, beside what ECMAScript 5 cannot do without.
type Library = (
    intrinsic::Eval,
    intrinsic::Date,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::MapSet,
    // Without it the engine loses what belongs to async functions. There is nobody who would run its jobs.
    intrinsic::Promise,
);

/// See [`super::find_proxy`].
pub(super) fn find_proxy(
    script: &str,
    url: &str,
    host: &str,
    waiting: &Arc<Waiting>,
    limits: Limits,
) -> Result<String, Failure> {
    let budget = Rc::new(Budget::new(waiting.clone(), limits));
    let answer = run(script, url, host, &budget);
    if budget.lost() > 0 {
        log::debug!("the script engine has lost {} allocations", budget.lost());
    }
    if waiting.check().is_err() {
        return Err(Failure::Cancelled);
    }
    answer.map_err(|problem| {
        let problem =
            if budget.was_over() { "it took too long, or looked up too many names" } else { &problem };

        log::warn!("the proxy script failed: {problem}");
        Failure::Script
    })
}

/// Runs the script; a failure says why, for the log.
fn run(script: &str, url: &str, host: &str, budget: &Rc<Budget>) -> Result<String, String> {
    if parts(script) > MOST_PARTS {
        return Err("it has too many functions and blocks".to_owned());
    }
    let out_of_memory = |_| "no memory".to_owned();
    let runtime = Runtime::new_with_alloc(Heap::new(budget.clone())).map_err(out_of_memory)?;
    runtime.set_max_stack_size(STACK);
    let clock = budget.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || clock.is_over())));
    let context = Context::custom::<Library>(&runtime).map_err(out_of_memory)?;
    context.with(|context| {
        let answer = prepare(&context, budget).and_then(|()| call(&context, script, url, host));
        answer.catch(&context).map_err(|error| error.to_string())
    })
}

/// Bounds the engine's library and adds the functions for proxy scripts.
fn prepare(ctx: &Ctx<'_>, budget: &Rc<Budget>) -> rquickjs::Result<()> {
    evaluate::<()>(ctx, include_str!("guard.js"))?;
    let world = Rc::new(Network::new(budget.clone()));
    for (name, function) in &pac::FUNCTIONS {
        let world = world.clone();
        let native = move |words: Rest<Word>| {
            let words: Vec<Option<String>> = words.0.into_iter().map(|word| word.0).collect();
            Answer(pac::call(function, &*world, &words))
        };
        ctx.globals().set(*name, Function::new(ctx.clone(), native)?)?;
    }
    let budget = budget.clone();
    let begin = Function::new(ctx.clone(), move |ctx: Ctx<'_>| {
        budget.begin();
        ctx.globals().remove(BEGIN)
    });
    ctx.globals().set(BEGIN, begin?)
}

fn call(ctx: &Ctx<'_>, script: &str, url: &str, host: &str) -> rquickjs::Result<String> {
    evaluate::<()>(ctx, &format!("{BEGIN}();{script}"))?;
    // An expression, for the script may have declared them as constants.
    let find: Function =
        evaluate(ctx, "typeof FindProxyForURLEx === 'function' ? FindProxyForURLEx : FindProxyForURL")?;
    let answer: rquickjs::Value = find.call((url, host))?;
    Ok(answer.into_string().and_then(|text| text.to_string().ok()).unwrap_or_default())
}

/// How many functions, classes and blocks a script can have. Compiling is not bounded in any other way: the
/// engine does not survive it when the memory ends there, and each of them needs far more than its text.
fn parts(script: &str) -> usize {
    script.matches('{').count() + script.matches("=>").count()
}

fn evaluate<'js, T: FromJs<'js>>(ctx: &Ctx<'js>, source: &str) -> rquickjs::Result<T> {
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options(source, options)
}

/// An argument: null and undefined are none, everything else its text.
struct Word(Option<String>);

impl<'js> FromJs<'js> for Word {
    fn from_js(ctx: &Ctx<'js>, value: rquickjs::Value<'js>) -> rquickjs::Result<Word> {
        if value.is_null() || value.is_undefined() {
            return Ok(Word(None));
        }
        let text: Coerced<rquickjs::String> = Coerced::from_js(ctx, value)?;
        // What is half of a character, and what is longer than any host or list, is nothing to us.
        let text = text.0.to_string().ok().filter(|text| text.len() <= LONGEST);
        Ok(Word(Some(text.unwrap_or_default())))
    }
}

struct Answer(pac::Value);

impl<'js> IntoJs<'js> for Answer {
    fn into_js(self, ctx: &Ctx<'js>) -> rquickjs::Result<rquickjs::Value<'js>> {
        match self.0 {
            pac::Value::Nothing => Ok(rquickjs::Value::new_null(ctx.clone())),
            pac::Value::Bool(value) => value.into_js(ctx),
            pac::Value::Number(number) => number.into_js(ctx),
            pac::Value::Text(text) => text.into_js(ctx),
        }
    }
}

/// A quarter of our threads' stacks: bytes.
const STACK: usize = 256 << 10;
/// What a script is made to call first, when it has been compiled: its turn begins.
const BEGIN: &str = "__winhttp_begin";
const MOST_PARTS: usize = 30_000;
/// Of an argument, in bytes.
const LONGEST: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::time::Duration;
    use std::time::Instant;

    use super::*;

    const QUICK: Limits = Limits {
        whole: Duration::from_secs(10),
        computing: Duration::from_millis(300),
        heap: 16 << 20,
        names: 4,
    };

    fn ask(script: &str) -> Result<String, Failure> {
        ask_within(script, QUICK)
    }

    fn ask_within(script: &str, limits: Limits) -> Result<String, Failure> {
        let waiting = Arc::new(Waiting::new());
        find_proxy(script, "http://www.example.org/a?b", "www.example.org", &waiting, limits)
    }

    /// A script whose FindProxyForURL has this body.
    fn function(body: &str) -> String {
        format!("function FindProxyForURL(url, host) {{ {body} }}")
    }

    #[test]
    fn ordinary_scripts() {
        for (script, expected) in [
            (function("return 'PROXY a:80; DIRECT';"), "PROXY a:80; DIRECT"),
            (function("return url + ' ' + host;"), "http://www.example.org/a?b www.example.org"),
            (function("if (dnsDomainIs(host, '.example.org')) return 'PROXY p:1'; return 'DIRECT'"), "PROXY p:1"),
            (function("if (shExpMatch(url, '*.example.org/*')) return 'yes'"), "yes"),
            (function("if (isInNet('10.1.2.3', '10.0.0.0', '255.0.0.0')) return 'yes'"), "yes"),
            // Older and newer ways to write.
            ("FindProxyForURL = function (url, host) { with ({ a: 'yes' }) { undeclared = a; } return undeclared }".into(), "yes"),
            ("const FindProxyForURL = (url, host) => `yes ${host.length}`;".into(), "yes 15"),
            ("var hosts = new Set(['www.example.org']); function FindProxyForURL(u, h) { return hosts.has(h) ? 'yes' : 'no' }".into(), "yes"),
            (function("var a = ['c', 'b']; a.push('a'); return a.sort().concat(['d'], 'e').join('') + a.indexOf('b')"), "abcde1"),
            (function("return Array.prototype.slice.call(arguments, 1).join()"), "www.example.org"),
            (function("return 'a,b'.split(',').reverse().join('') + 'aXbX'.replace(/X/g, '-') + 'x'.replace('x', 'y')"), "baa-b-y"),
            (function("return String([3, 10, 2].sort()) + [3, 10, 2].sort(function (a, b) { return a - b })"), "10,2,32,3,10"),
            (function("return new Date(0).getUTCFullYear() + JSON.stringify([1])"), "1970[1]"),
            // The one with Ex in its name goes first.
            (function("return 'old'") + "function FindProxyForURLEx(url, host) { return 'new' }", "new"),
            // No text is direct.
            (function("return null"), ""),
            (function("return 7"), ""),
            (function(""), ""),
            ("\u{feff}function FindProxyForURL() { return 'mark' }".into(), "mark"),
            (function("alert('hello'); return getClientVersion()"), "1.0"),
            (function("return [dnsResolve(null), isInNet(host), weekdayRange(), myIpAddress(1, 2) != ''].join()"), ",false,false,true"),
        ] {
            assert_eq!(ask(&script).as_deref(), Ok(expected), "{script}");
        }
    }

    #[test]
    fn wrong_scripts_fail() {
        let nested = "(".repeat(100_000) + &")".repeat(100_000);
        for script in [
            nested,
            "function FindProxyForURL() { ".to_owned() + &"x => ".repeat(40_000) + "1 }",
            String::new(),
            "var x = 1;".into(),
            "FindProxyForURL = 'DIRECT';".into(),
            "function FindProxyForURL(url, host) {".into(),
            "<html>not found</html>".into(),
            "a\0b".into(),
            "throw new Error('at once'); function FindProxyForURL() { return 'DIRECT' }".into(),
            function("throw 'thrown'"),
            function("return nowhere()"),
            function("return {}.a.b"),
            function("return new ActiveXObject('WScript.Shell')"),
            function("return require('fs')"),
            function("return import('x') && std.open()"),
            "import 'os'; export function FindProxyForURL() { return 'DIRECT' }".into(),
        ] {
            assert_eq!(ask(&script), Err(Failure::Script), "{script}");
        }
    }

    /// Nothing here may take long, or more memory than it may have.
    #[test]
    fn hostile_scripts_end_soon() {
        for body in [
            "for (;;) ;",
            "try { for (;;) ; } catch (e) { for (;;) ; } finally { for (;;) ; }",
            "for (;;) { try { for (;;) ; } catch (e) { } }",
            "var a = []; for (;;) a.push(a.slice(0));",
            "var s = 'x'; for (;;) s += s;",
            "var s = 'x'; for (;;) { try { s += s; } catch (e) { } }",
            "return 'x'.repeat(1 << 30)",
            "return new Array(1 << 30).join('x')",
            "function f() { return f() + 1 } return f()",
            "function f() { try { f() } finally { f() } } f()",
            "var a = []; a[0] = a; return JSON.stringify(a)",
            "var s = '['; for (var i = 0; i < 22; i++) s += s; return JSON.parse(s)",
            "return eval('1')",
            "return Function('return 1')()",
            "return (function () {}).constructor('return 1')()",
            "return (function* () {}).constructor('return 1')()",
            "return (async function () {}).constructor('return 1')()",
            "return (async () => 1).constructor('return 1')()",
            "return (async function* () {}).constructor('return 1')()",
            "return (async () => 1)().constructor.resolve(1)",
            "async function f() { await 1 } f(); return nowhere()",
            "async function* f() { yield 1 } for (var i = 0; i < 9; i++) f().next(); return nowhere()",
            "return (async () => { for await (var x of [1, 2]) ; })().then()",
            "return import('x').then()",
            "return new Proxy({}, {}) || new WeakRef({}) || new Uint8Array(4)",
            "return /^(a+)+$/.test(new Array(40).join('a') + 'b')",
            "return /(x+x+)+y/.test(new Array(60).join('x'))",
            "return new RegExp('(' + new Array(50000).join('(') + ')').test('a')",
            "return Array.prototype.indexOf.call({ length: 9007199254740991 }, 1)",
            "return Array.prototype.reverse.call({ length: 9007199254740991 })",
            "return Array.prototype.join.call({ length: 9007199254740991 }, '')",
            "return Array.prototype.splice.call({ length: 9007199254740991 }, 0, 1)",
            "return [].concat({ length: 9007199254740991, [Symbol.isConcatSpreadable]: true }).length > 1 ? '' : nowhere()",
            "return new Set({ length: 9007199254740991, [Symbol.iterator]: [][Symbol.iterator] })",
            "return new Array(4294967295).reverse()",
            "var s = 'a'.repeat(4000000); return s.indexOf('a'.repeat(2000000) + 'b')",
            "var s = 'a'.repeat(4000000); return s.split('a'.repeat(2000000) + 'b')",
            "var s = 'a'.repeat(1000000), a = []; for (var i = 0; i < 100000; i++) a.push(s); return a.sort()",
            "var b = 3n; for (;;) b = b * b;",
            "var b = 1n << 1000000n; for (;;) { try { b * b } catch (e) { } }",
            "for (var a = [];; a = [a, a]) a.flat(Infinity)",
            "for (var i = 0;; i++) dnsResolve(i + '.1.1.1.1.1');",
            "for (;;) shExpMatch('a'.repeat(60000), '*a'.repeat(30000));",
            "return sortIpAddressList('1.1.1.1;'.repeat(1000000)) ? 1 : nowhere()",
            "String.prototype.split = function () { for (;;) ; }; return ''.split('')",
            "Object.defineProperty(Object.prototype, 'toString', { get: function () { for (;;) ; } }); return dnsResolve({})",
            "return dnsResolve({ toString: function () { for (;;) ; } })",
        ] {
            let begin = Instant::now();
            assert_eq!(ask(&function(body)), Err(Failure::Script), "{body}");
            let took = begin.elapsed();
            assert!(took < Duration::from_secs(5), "{body}: {took:?}");
        }
    }

    #[test]
    fn a_run_leaves_nothing_behind() {
        for script in [
            function("return 'DIRECT'"),
            function("return nowhere()"),
            function("async function f() { await 1 } f(); return nowhere()"),
            function("async function f() { await f } for (var i = 0; i < 9; i++) f(); return 'DIRECT'"),
            function("async function* f() { yield 1 } for (var i = 0; i < 9; i++) f().next(); return nowhere()"),
            function("(async () => { for await (var x of [1, 2]) ; })(); return 'DIRECT'"),
            "async function FindProxyForURL(url, host) { await dnsResolve('127.0.0.1'); return 'PROXY a' }".into(),
            "var later = (async () => { await 1; throw url })(); function FindProxyForURL() { return later }".into(),
            "function* g() { yield 1; yield g } var it = g(); it.next(); function FindProxyForURL() { return '' }".into(),
            "var a = { b: new Map() }; a.b.set(a, a); function FindProxyForURL() { return a }".into(),
            function("for (;;) ;"),
            function("async function f() { for (;;) ; } f()"),
            function("var s = 'x'; for (;;) s += s;"),
            "syntax error".into(),
        ] {
            let budget = Rc::new(Budget::new(Arc::new(Waiting::new()), QUICK));
            let _ = run(&script, "http://a/", "a", &budget);
            assert_eq!((Rc::strong_count(&budget), budget.lost()), (1, 0), "{script}");
        }
    }

    /// Even then, when the engine loses some of it, all its memory is free afterwards.
    #[test]
    fn a_run_without_memory_ends_with_its_heap() {
        for body in ["var a = []; for (;;) a.push([]);", "async function f() { await f } for (;;) f();"] {
            let budget = Rc::new(Budget::new(Arc::new(Waiting::new()), QUICK));
            assert!(run(&function(body), "http://a/", "a", &budget).is_err());
            assert_eq!(Rc::strong_count(&budget), 1, "{body}");
        }
    }

    /// A promise is no text, and what it promises never comes.
    #[test]
    fn promises_are_not_waited_for() {
        for (script, expected) in [
            ("async function FindProxyForURL() { return 'PROXY a' }".to_owned(), ""),
            (function("var n = 'before'; (async () => { await 1; n = 'after' })(); return n"), "before"),
            (function("return typeof Promise + typeof (async () => 1)().then"), "undefinedundefined"),
        ] {
            assert_eq!(ask(&script).as_deref(), Ok(expected), "{script}");
        }
    }

    /// What a script changes, the next run does not see.
    #[test]
    fn runs_share_nothing() {
        let script = "var n = (typeof n === 'undefined' ? 0 : n) + 1; Array.prototype.mine = 1;\
                      function FindProxyForURL() { return String(n) + typeof [].yours }";
        assert_eq!(ask(script).as_deref(), Ok("1undefined"));
        assert_eq!(ask(script).as_deref(), Ok("1undefined"));
    }

    #[test]
    fn a_run_can_be_cancelled() {
        let waiting = Arc::new(Waiting::new());
        let other = waiting.clone();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            other.cancel();
        });
        let answer = find_proxy(&function("for (;;) ;"), "", "", &waiting, Limits::USUAL);
        assert_eq!(answer, Err(Failure::Cancelled));
        thread.join().unwrap();
    }

    /// Wherever the memory ends, the run fails and nothing else happens.
    #[test]
    fn memory_may_end_anywhere() {
        let script = function(
            "var a = [], o = {}; for (var i = 0; i < 200; i++) { a.push('h' + i); o['k' + i] = { v: [i] } }\
             try { return a.sort().join('').replace(/h(.)/g, '$1-') + JSON.stringify(o) + new RegExp(a.join('|')) }\
             catch (e) { return 'caught ' + e }",
        );
        let mut answered = 0;
        for heap in (0..400).map(|n| n * 2048) {
            answered += u32::from(ask_within(&script, Limits { heap, ..QUICK }).is_ok());
        }
        assert!((1..400).contains(&answered), "{answered}");
    }

    /// A script as long as one may be.
    #[test]
    fn a_long_script_has_room() {
        let mut script = String::from("var hosts = {");
        let mut number = 0;
        while script.len() < (1 << 20) - 200 {
            script += &format!("'host{number}.example.org': 1,\n");
            number += 1;
        }
        script += "}; function FindProxyForURL(u, h) { return hosts['host5.example.org'] ? 'yes' : 'no' }";
        let limits = Limits { computing: Duration::from_secs(5), ..QUICK };
        assert_eq!(ask_within(&script, limits).as_deref(), Ok("yes"));
    }
}
