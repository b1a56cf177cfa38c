//! Small numbers in few bytes: unsigned LEB128, seven bits a byte, lowest first; the top bit says
//! that more follow.

/// Appends a number, in at most five bytes.
pub(crate) fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number at the beginning, and what follows it. `None` where [`write`] wrote none: cut off,
/// out of range, or in a longer spelling than needed.
pub(crate) fn read(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0u64;
    for (at, &byte) in bytes.iter().enumerate().take(5) {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            let number = u32::try_from(number).ok()?;
            let longer_than_needed = byte == 0 && at > 0;
            return (!longer_than_needed).then_some((number, &bytes[at + 1..]));
        }
    }
    None
}
