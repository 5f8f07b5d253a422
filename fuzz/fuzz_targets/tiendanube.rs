#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clientela_fuzz::read("tiendanube", bytes));
