//! Stories of the index, told through its front door: hosts speak, readers ask.

mod attestations;
mod author;
mod editions;
mod filters;
mod findings;
mod following;
mod hardships;
mod host;
mod imports;
mod independence;
mod lies;
mod overlaps;
mod pictures;
mod recorded;
mod schemas;
mod versions;
mod with_pds;
mod world;
