//! A customer's record as the book keeps it: JSON, compressed. A record is small and much like every other one, so it is compressed
//! with a text that has what all of them have; alone it would shrink by half, with that text to a third.
//!
//! The first byte tells how the rest is to be read. What was once written must be readable for ever, so a text that a release has used
//! is never edited: another one gets another number.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use clientela_domain::CustomerRecord;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, get_frame_content_size};

use crate::DatabaseError;
use crate::table::{from_json, to_json};

const WHAT: &str = "mirror.record";
/// Compressed with the words of number 1.
const WORDS_1: u8 = 1;
/// The first byte of a record that was written before there was any compression.
const PLAIN: u8 = b'{';
/// Beyond this, smaller is hardly smaller and takes much longer.
const LEVEL: i32 = 5;
/// No platform shows a record of this size, in bytes; a damaged one may say that it has more.
const LARGEST: u64 = 64 << 20;

static WORDS: &[u8] = include_bytes!("packed_record/words-1.txt");
static FOR_PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(WORDS, LEVEL));
static FOR_READING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(WORDS));

// Making one takes longer than using it.
thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static READER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Makes a record as small as it is kept.
pub(crate) fn pack(record: &CustomerRecord) -> Result<Vec<u8>, DatabaseError> {
    let json = to_json(record, WHAT)?;
    let packed = PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(new_packer()?),
        };
        packer.compress(json.as_bytes())
    });
    let mut kept = vec![WORDS_1];
    kept.extend(packed.map_err(|_| DatabaseError::Unreadable { what: WHAT })?);
    Ok(kept)
}

/// Reads a record as it was kept.
pub(crate) fn read(kept: &[u8]) -> Result<CustomerRecord, DatabaseError> {
    let broken = || DatabaseError::Unreadable { what: WHAT };
    match kept {
        [PLAIN, ..] => from_json(str::from_utf8(kept).map_err(|_| broken())?, WHAT),
        [WORDS_1, packed @ ..] => {
            let json = unpack(packed).map_err(|_| broken())?;
            from_json(str::from_utf8(&json).map_err(|_| broken())?, WHAT)
        }
        _ => Err(broken()),
    }
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let size = get_frame_content_size(packed).ok().flatten().filter(|size| *size <= LARGEST);
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or(io::ErrorKind::InvalidData)?;
    READER.with_borrow_mut(|reader| {
        let reader = match reader {
            Some(reader) => reader,
            None => reader.insert(Decompressor::with_prepared_dictionary(&FOR_READING)?),
        };
        reader.decompress(packed, size)
    })
}

fn new_packer() -> io::Result<Compressor<'static>> {
    let mut packer = Compressor::with_prepared_dictionary(&FOR_PACKING)?;
    // The number of the words is our own, and the cipher notices whatever is damaged.
    packer.set_parameter(CParameter::DictIdFlag(false))?;
    packer.set_parameter(CParameter::ChecksumFlag(false))?;
    Ok(packer)
}

#[cfg(test)]
mod tests {
    use clientela_domain::{Presence, RemoteId};
    use proptest::prelude::*;

    use super::*;

    fn record(name: &str, note: &str) -> CustomerRecord {
        CustomerRecord {
            first_name: Presence::Value(name.to_owned()),
            note: Presence::Value(note.to_owned()),
            email: Presence::Null,
            is_active: Presence::Value(true),
            currency: Presence::Value("BRL".to_owned()),
            ..CustomerRecord::new(RemoteId::new("7"))
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_as_it_was(name in ".*", note in "(?s).{0,3000}") {
            let record = record(&name, &note);
            prop_assert_eq!(read(&pack(&record).expect("it can be packed")).expect("it can be read"), record);
        }

        #[test]
        fn damage_ends_no_program(mut kept in prop::collection::vec(any::<u8>(), 0..200), packed: bool) {
            if packed {
                kept.insert(0, WORDS_1);
            }
            drop(read(&kept));
        }
    }

    /// A change of the words or of the format would make every book of a release unreadable.
    #[test]
    fn what_an_earlier_program_packed_can_be_read() {
        let kept = faster_hex::hex_decode_vec(PACKED_IN_0_1.as_bytes()).expect("it is written in hex");
        assert_eq!(read(&kept).expect("it can be read"), record("Zoë", "Ligar antes"));
        let plain = br#"{"remote_id":"7","first_name":"Zo\u00eb","email":null,"note":"Ligar antes","is_active":true,"currency":"BRL"}"#;
        assert_eq!(read(plain).expect("it can be read"), record("Zoë", "Ligar antes"));
    }

    const PACKED_IN_0_1: &str = "0128b52ffd20694d010068375a6fc3ab4c6967617220617d0800a6ab838d3281763ecc20ca0e10080cc4ce1b4d11c849914510";

    #[test]
    fn a_size_that_no_record_has_is_damage() {
        // A frame that says it holds 2^40 bytes.
        let mut kept = vec![WORDS_1, 0x28, 0xb5, 0x2f, 0xfd, 0xe0];
        kept.extend((1_u64 << 40).to_le_bytes());
        kept.extend([1, 0, 0]);
        assert!(read(&kept).is_err());
    }
}
