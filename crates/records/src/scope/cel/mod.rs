//! The part of the Common Expression Language that work scopes use.
//!
//! Expressions come from strangers, so everything about them is bounded before it costs anything: first
//! their length and the number of [tokens](token), then the height of the [syntax tree](syntax) as it
//! grows. [`compile`] then gives every part a type; what it makes holds no part that could fail by its
//! type, and cannot build a text or a list.

mod compile;
mod syntax;
mod token;

pub(super) use compile::compile;
