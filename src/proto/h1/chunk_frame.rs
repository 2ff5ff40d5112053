//! What stands before and behind the data of a chunk that the library makes.

/// The frame of one chunk, and perhaps of the last one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ChunkFrame {
    pub(crate) before: String,
    pub(crate) behind: &'static [u8],
}

impl ChunkFrame {
    /// For `len` bytes, which are no chunk when there are none. `ends`: the body ends with them.
    pub(crate) fn of(len: usize, ends: bool) -> ChunkFrame {
        let before = if len > 0 { format!("{len:x}\r\n") } else { String::new() };
        let behind: &[u8] = match (len > 0, ends) {
            (true, false) => b"\r\n",
            (true, true) => b"\r\n0\r\n\r\n",
            (false, true) => b"0\r\n\r\n",
            (false, false) => b"",
        };
        ChunkFrame { before, behind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::OwnChunks;
    use crate::proto::headers::Headers;

    fn framed(len: usize, ends: bool) -> Vec<u8> {
        let ChunkFrame { before, behind } = ChunkFrame::of(len, ends);
        [before.as_bytes(), &vec![b'x'; len], behind].concat()
    }

    #[test]
    fn the_bytes_of_each_kind() {
        assert_eq!(framed(0, false), b"");
        assert_eq!(framed(3, false), b"3\r\nxxx\r\n");
        assert_eq!(framed(0, true), b"0\r\n\r\n");
        assert_eq!(framed(1, true), b"1\r\nx\r\n0\r\n\r\n");
        assert_eq!(ChunkFrame::of(0xffff_ffff, false).before, "ffffffff\r\n");
    }

    #[test]
    fn chunks_follow_each_other() {
        let mut headers = Headers::new();
        headers.push(b"Transfer-Encoding", b"chunked");
        let mut seen = OwnChunks::of(&headers).unwrap();
        for len in [1, 0, 16, 0x1234] {
            seen.pass(&framed(len, false));
            assert!(!seen.have_ended());
        }
        seen.pass(&framed(0, true));
        assert!(seen.have_ended());
    }
}
