//! The handle that everybody holds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use hypercerts_lexicon::{Nsid, RecordKey, Value};
use hypercerts_records::Judgement;
use tokio::sync::watch;

use crate::error::{LookupError, OpenError};
use crate::folder::Folder;
use crate::limits::NetworkLimits;
use crate::lookup::Published;
use crate::network::{Begun, Network, NetworkConfig, Progress};
use crate::snapshot::Snapshot;

/// Where schemas come from besides those built in.
#[derive(Debug, Clone)]
pub struct SchemasConfig {
    /// A folder of lexicons.
    pub folder: Option<PathBuf>,
    /// How often the folder is looked at.
    pub folder_rounds: Duration,
    /// How published lexicons are found, if they are to be.
    pub network: Option<NetworkConfig>,
}

impl Default for SchemasConfig {
    fn default() -> Self {
        Self { folder: None, folder_rounds: Duration::from_secs(2), network: None }
    }
}

/// The schemas in force. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Schemas {
    inner: Arc<Inner>,
}

struct Inner {
    /// Locked only for as long as it takes to copy or swap the pointer.
    snapshot: RwLock<Arc<Snapshot>>,
    generation: watch::Sender<u64>,
    sources: Mutex<Sources>,
    network: Option<Network>,
}

/// What the next snapshot is made of.
struct Sources {
    folder: Option<Folder>,
    published: BTreeMap<Nsid, Kept>,
}

/// A lexicon of the network.
struct Kept {
    published: Published,
    /// When it is fetched again.
    until: Instant,
}

impl Schemas {
    /// Only what is built in, for good.
    #[must_use]
    pub fn built_in() -> Self {
        Self::new(None, None)
    }

    /// Reads the folder, and keeps following it. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When there is no such folder. A file in it that cannot be used is told in the log.
    pub fn open(config: SchemasConfig) -> Result<Self, OpenError> {
        let SchemasConfig { folder, folder_rounds, network } = config;
        let open =
            |path: PathBuf| Folder::open(path.clone()).map_err(|source| OpenError { path, source });
        let folder = folder.map(open).transpose()?;
        let (follows, network) = (folder.is_some(), network.map(Network::new));
        let rounds = network.as_ref().map(Network::rounds);
        let schemas = Self::new(folder, network);
        if follows {
            schemas.inner.look_at_folder();
            every(folder_rounds, &schemas.inner, |inner| {
                inner.look_at_folder();
            });
        }
        if let Some(rounds) = rounds {
            schemas.look_for_missing();
            every(rounds, &schemas.inner, |inner| Self { inner }.refresh());
        }
        Ok(schemas)
    }

    fn new(folder: Option<Folder>, network: Option<Network>) -> Self {
        let sources = Mutex::new(Sources { folder, published: BTreeMap::new() });
        let snapshot = RwLock::new(Snapshot::built_in());
        let generation = watch::Sender::new(0);
        Self { inner: Arc::new(Inner { snapshot, generation, sources, network }) }
    }

    /// The schemas of this moment. Whoever judges many records takes it once.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.snapshot()
    }

    /// Checks a record by the rules of the edition it is written in.
    #[must_use]
    pub fn judge(&self, collection: &Nsid, rkey: &RecordKey, value: &Value) -> Judgement {
        self.snapshot().judge(collection, rkey, value)
    }

    /// Tells the generation of the snapshot whenever it changes. What a change means for a collection, its
    /// [fingerprint](Snapshot::fingerprint) says.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.generation.subscribe()
    }

    /// Makes sure that a schema is known, looking it up on the network if need be. Ends with the lookup,
    /// which has a deadline; a caller may give up earlier, and the lookup goes on.
    ///
    /// # Errors
    /// Why it is not known. A failure is remembered for a while.
    pub async fn know(&self, nsid: &Nsid) -> Result<(), LookupError> {
        if self.snapshot().contains(nsid) {
            return Ok(());
        }
        let mut progress = self.look_up(nsid)?;
        match progress.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            Ok(None) | Err(_) => Err(LookupError::UnderWay),
        }
    }

    /// Has an unknown schema looked up in the background. Whether that is under way: not if it is known,
    /// if lookups are off, or if it failed a short while ago.
    pub fn ask(&self, nsid: &Nsid) -> bool {
        self.inner.network.is_some()
            && !self.snapshot().contains(nsid)
            && self.look_up(nsid).is_ok()
    }

    /// Why a schema is not known, if that was tried to find out.
    #[must_use]
    pub fn failure(&self, nsid: &Nsid) -> Option<LookupError> {
        match &self.inner.network {
            None => Some(LookupError::Off),
            Some(network) => network.failure(nsid),
        }
    }

    /// Begins with a lookup or joins it.
    fn look_up(&self, nsid: &Nsid) -> Result<Progress, LookupError> {
        let network = self.inner.network.as_ref().ok_or(LookupError::Off)?;
        let (report, progress) = match network.begin(nsid)? {
            Begun::Joined(progress) => return Ok(progress),
            Begun::New(report, progress) => (report, progress),
        };
        let (inner, nsid) = (self.inner.clone(), nsid.clone());
        network.runtime().spawn(async move {
            let outcome = inner.learn(&nsid).await;
            if let Some(network) = &inner.network {
                network.end(&nsid, &outcome);
            }
            // Nobody may be waiting any more.
            report.send_replace(Some(outcome));
        });
        Ok(progress)
    }

    /// Has everything looked up that the folder's lexicons refer to and nobody knows.
    fn look_for_missing(&self) {
        let snapshot = self.snapshot();
        for (_, missing) in snapshot.missing() {
            self.ask(missing);
        }
    }

    /// Has lexicons fetched again whose time is over.
    fn refresh(&self) {
        self.look_for_missing();
        for nsid in self.inner.outdated() {
            // Another lookup of the same name is as good; a failure leaves what there is.
            if let Err(error) = self.look_up(&nsid) {
                tracing::debug!(%nsid, %error, "a published lexicon is not fetched again now");
            }
        }
    }
}

impl Inner {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks a lexicon up and puts it in force, with all that it needs.
    async fn learn(self: &Arc<Self>, nsid: &Nsid) -> Result<(), LookupError> {
        let Some(network) = &self.network else { return Err(LookupError::Off) };
        let outcome = network.look_up(nsid, &self.snapshot()).await;
        let found = match outcome {
            Ok(found) => found,
            Err(error) => {
                tracing::info!(%nsid, %error, "a lexicon could not be looked up");
                return Err(error);
            }
        };
        let inner = self.clone();
        let taken = tokio::task::spawn_blocking(move || inner.take_in(found)).await;
        taken.unwrap_or(Err(LookupError::UnderWay))
    }

    /// All of what one lookup found, or nothing.
    fn take_in(&self, found: Vec<Published>) -> Result<(), LookupError> {
        let Some(network) = &self.network else { return Err(LookupError::Off) };
        let limits = network.limits();
        self.change(|sources| {
            if !sources.has_room(&found, limits) {
                return (false, Err(LookupError::Full));
            }
            let until = Instant::now() + limits.ttl;
            let mut changed = false;
            for published in found {
                let nsid = published.document.id().clone();
                let before =
                    sources.published.insert(nsid, Kept { published: published.clone(), until });
                changed |=
                    before.is_none_or(|before| before.published.document != published.document);
            }
            (changed, Ok(()))
        })
    }

    fn look_at_folder(&self) {
        let changed = self.change(|sources| {
            let changed = sources.folder.as_mut().is_some_and(Folder::look);
            (changed, changed)
        });
        if !changed {
            return;
        }
        for (nsid, missing) in self.snapshot().missing() {
            tracing::warn!(
                "the lexicon {nsid} refers to {missing}, which is not known here: a record that has such a \
                 part cannot be judged and counts as invalid"
            );
        }
    }

    /// The lexicons to be fetched again now; none of them comes up anew before a failure is forgotten.
    fn outdated(&self) -> Vec<Nsid> {
        let Some(network) = &self.network else { return Vec::new() };
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let over = sources.published.iter_mut().filter(|(_, kept)| kept.until <= now);
        let put_off = over.map(|(nsid, kept)| {
            kept.until = now + network.limits().negative_ttl;
            nsid.clone()
        });
        put_off.collect()
    }

    /// Changes the sources; if they say so, the next snapshot is made of them and put in force.
    fn change<T>(&self, change: impl FnOnce(&mut Sources) -> (bool, T)) -> T {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let (changed, answer) = change(&mut sources);
        if changed {
            let generation = self.snapshot().generation() + 1;
            let next = Arc::new(Snapshot::with(generation, sources.documents()));
            *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = next;
            self.generation.send_replace(generation);
        }
        answer
    }
}

impl Sources {
    /// The folder's win over the network's.
    fn documents(&self) -> BTreeMap<Nsid, Arc<crate::document::Document>> {
        let published = self.published.values().map(|kept| &kept.published.document);
        let folder = self.folder.iter().flat_map(Folder::documents);
        published.chain(folder).map(|it| (it.id().clone(), it.clone())).collect()
    }

    fn has_room(&self, found: &[Published], limits: &NetworkLimits) -> bool {
        let new = || found.iter().filter(|it| !self.published.contains_key(it.document.id()));
        let of_publisher = |one: &Published| {
            let kept = self.published.values().map(|kept| &kept.published);
            kept.chain(new()).filter(|other| other.publisher == one.publisher).count()
        };
        self.published.len() + new().count() <= limits.documents
            && new().all(|one| of_publisher(one) <= limits.documents_per_publisher)
    }
}

/// Does something again and again on a thread that may block, for as long as anybody holds the schemas.
fn every(pause: Duration, inner: &Arc<Inner>, work: fn(Arc<Inner>)) {
    let inner: Weak<Inner> = Arc::downgrade(inner);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(pause).await;
            let Some(inner) = inner.upgrade() else { return };
            if tokio::task::spawn_blocking(move || work(inner)).await.is_err() {
                tracing::error!("following the lexicons failed, which is a mistake in the program");
            }
        }
    });
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.snapshot().generation();
        f.debug_struct("Schemas").field("generation", &generation).finish_non_exhaustive()
    }
}
