//! A compressed body that unpacks to far more than it weighs.

use std::io::Write as _;

use flate2::{Compress, Compression, Crc, FlushCompress};

const BLOCK: usize = 1024 * 1024;

/// A gzip member of a JSON array of one long text of blanks. The blanks are compressed once and the block is
/// repeated, with the checksum combined, so that a gigabyte costs no more time than a megabyte.
pub(crate) fn gzip_bomb(bytes: u64) -> Vec<u8> {
    let blanks = vec![b' '; BLOCK];
    let repeats = (bytes / BLOCK as u64).clamp(1, 64 * 1024);
    let (opening, closing) = (b"[\"".as_slice(), b"\"]".as_slice());
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(block(opening, FlushCompress::Full));
    let block_of_blanks = block(&blanks, FlushCompress::Full);
    for _ in 0..repeats {
        let _ = out.write_all(&block_of_blanks);
    }
    out.extend(block(closing, FlushCompress::Finish));

    let mut checksum = crc(opening);
    let blank_checksum = crc(&blanks);
    for _ in 0..repeats {
        checksum.combine(&blank_checksum);
    }
    checksum.combine(&crc(closing));
    out.extend(checksum.sum().to_le_bytes());
    let length = repeats * BLOCK as u64 + 4;
    out.extend((length as u32).to_le_bytes());
    out
}

/// Bytes compressed on their own, ending on a byte boundary so that blocks can stand side by side.
fn block(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 100 + 128);
    // The space is ample for blanks, so one call takes all; a failure would only make a dud of the bomb.
    let _ = Compress::new(Compression::best(), false).compress_vec(bytes, &mut out, flush);
    out
}

fn crc(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}
