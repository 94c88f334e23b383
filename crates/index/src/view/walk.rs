//! Every record of a picture, one after the other.

use super::{ContributorView, Group, Hypercert, RecordView, Related};

impl Hypercert {
    /// Every tied record that is shown, without what was acknowledged of each.
    pub(crate) fn related(&self) -> impl Iterator<Item = &Related> {
        let groups = [
            &self.attachments,
            &self.measurements,
            &self.evaluations,
            &self.rights,
            &self.locations,
            &self.collections,
            &self.receipts,
            &self.acknowledgements,
            &self.other,
        ];
        let people = self.contributors.items.iter();
        let listed = people.flat_map(|person| [&person.information, &person.contribution]);
        let locks = self.locks.items.iter().map(|lock| &lock.lock);
        groups.into_iter().flat_map(|group| &group.items).chain(listed.flatten()).chain(locks)
    }

    /// Every record that is shown, the claim first; one that is shown twice comes twice.
    pub(crate) fn records_mut(&mut self) -> impl Iterator<Item = &mut RecordView> {
        let groups = [
            &mut self.attachments,
            &mut self.measurements,
            &mut self.evaluations,
            &mut self.rights,
            &mut self.locations,
            &mut self.collections,
            &mut self.receipts,
            &mut self.acknowledgements,
            &mut self.other,
        ];
        let groups = groups.into_iter().flat_map(|Group { items, .. }| items);
        let people = self.contributors.items.iter_mut();
        let listed = people.flat_map(|ContributorView { information, contribution, .. }| {
            information.iter_mut().chain(contribution)
        });
        let locks = self.locks.items.iter_mut().map(|lock| &mut lock.lock);
        let tied = groups.chain(listed).chain(locks).flat_map(Related::records_mut);
        std::iter::once(&mut self.claim).chain(tied)
    }
}

impl Related {
    /// The record itself, and its acknowledgements.
    pub(crate) fn records_mut(&mut self) -> impl Iterator<Item = &mut RecordView> {
        let answers = self.acknowledgements.iter_mut().filter_map(|it| it.record.as_mut());
        self.record.iter_mut().chain(answers)
    }
}
