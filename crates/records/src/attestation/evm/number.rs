//! Whole numbers of up to 256 bits, as records write them and as EIP-712 hashes them.

/// A number below 2²⁵⁶: 32 big-endian bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uint256([u8; 32]);

impl Uint256 {
    /// Reads decimal digits, nothing else. The largest number has 78.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 78 {
            return None;
        }
        text.bytes().try_fold(Self([0; 32]), |number, digit| {
            number.times_ten_plus(digit.is_ascii_digit().then(|| digit - b'0')?)
        })
    }

    fn times_ten_plus(self, digit: u8) -> Option<Self> {
        let mut carry = u16::from(digit);
        let mut bytes = self.0;
        for byte in bytes.iter_mut().rev() {
            let [high, low] = (u16::from(*byte) * 10 + carry).to_be_bytes();
            (*byte, carry) = (low, u16::from(high));
        }
        (carry == 0).then_some(Self(bytes))
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
