//! WebSocket protocol (RFC 6455), client side.
