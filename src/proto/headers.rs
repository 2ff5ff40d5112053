//! Header fields in order, as WinHTTP keeps them.
