//! Patterns with wildcards, as in bypass lists and proxy scripts.

/// Whether all of `text` fits the pattern, in which `run` is any run of characters and `one` a single
/// one. Linear in their product at worst, without recursion.
pub(crate) fn is_like<T: PartialEq>(pattern: &[T], text: &[T], run: T, one: Option<T>) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on when the characters behind the last run do not fit.
    let mut retry = None;
    while let Some(wanted) = text.get(t) {
        let here = pattern.get(p);
        if here == Some(&run) {
            p += 1;
            retry = Some((p, t));
        } else if here.is_some_and(|here| here == wanted || one.as_ref() == Some(here)) {
            p += 1;
            t += 1;
        } else if let Some((after_run, taken)) = retry {
            p = after_run;
            t = taken + 1;
            retry = Some((after_run, t));
        } else {
            return false;
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == run)
}
