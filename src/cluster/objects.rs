//! An object store of JetStream: as many bytes under a name as one likes.

use std::io::Cursor;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::{
    Config, GetErrorKind, InfoErrorKind, ObjectInfo, ObjectMetadata, ObjectStore,
};
use async_nats::jetstream::stream::StorageType;
use futures_util::StreamExt;
use tokio::io::AsyncReadExt;

use super::ClusterError;
use super::stream::{self, REPLICAS};
use super::tail::{Broken, lost, within};

/// How long reading or writing one object may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A bucket.
pub(super) struct Objects {
    name: &'static str,
    bucket: ObjectStore,
}

impl Objects {
    /// The bucket, if it is there.
    pub(super) async fn find(
        context: &Context,
        name: &'static str,
    ) -> Result<Option<Self>, ClusterError> {
        if stream::get(context, name, &stream_of(name))
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let bucket = context.get_object_store(name).await;
        let bucket = bucket.map_err(|error| stream::no_stream(name, &error))?;
        Ok(Some(Self { name, bucket }))
    }

    /// The bucket, made if it is not there.
    pub(super) async fn open(context: &Context, name: &'static str) -> Result<Self, ClusterError> {
        if let Some(found) = Self::find(context, name).await? {
            return Ok(found);
        }
        let made = context.create_object_store(Config {
            bucket: name.to_owned(),
            description: Some("What a new Chaffinch server begins with".to_owned()),
            storage: StorageType::File,
            num_replicas: REPLICAS,
            max_bytes: -1,
            ..Config::default()
        });
        let made = made.await;
        let bucket = made.map_err(|error| stream::no_stream(name, &error))?;
        Ok(Self { name, bucket })
    }

    /// Removes the bucket, if it is there.
    pub(super) async fn discard(context: &Context, name: &'static str) -> Result<(), ClusterError> {
        if Self::find(context, name).await?.is_some() {
            let deleted = context.delete_object_store(name).await;
            deleted.map_err(|error| stream::no_stream(name, &error))?;
        }
        Ok(())
    }

    /// What there is.
    pub(super) async fn list(&self) -> Result<Vec<ObjectInfo>, Broken> {
        let mut all = Vec::new();
        let mut objects = within(PATIENCE, self.bucket.list()).await?.map_err(lost)?;
        while let Some(object) = within(PATIENCE, objects.next()).await? {
            all.push(object.map_err(lost)?);
        }
        Ok(all)
    }

    /// Whether there is an object of this name.
    pub(super) async fn has(&self, name: &str) -> Result<bool, Broken> {
        match within(PATIENCE, self.bucket.info(name)).await? {
            Ok(info) => Ok(!info.deleted),
            Err(error) if error.kind() == InfoErrorKind::NotFound => Ok(false),
            Err(error) => Err(lost(error)),
        }
    }

    /// An object, whole and as it was written; `None` if it is not there.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Broken> {
        let work = async {
            let mut object = match self.bucket.get(name).await {
                Ok(object) => object,
                Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(lost(error)),
            };
            let mut bytes = Vec::new();
            object.read_to_end(&mut bytes).await.map_err(lost)?;
            Ok(Some(bytes))
        };
        within(PATIENCE, work).await?
    }

    pub(super) async fn put(
        &self,
        name: &str,
        description: &str,
        bytes: &[u8],
    ) -> Result<(), Broken> {
        let meta = ObjectMetadata {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            ..ObjectMetadata::default()
        };
        let mut bytes = Cursor::new(bytes);
        let put = self.bucket.put(meta, &mut bytes);
        within(PATIENCE, put).await?.map_err(lost)?;
        Ok(())
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), Broken> {
        let deleted = self.bucket.delete(name);
        within(PATIENCE, deleted).await?.map_err(lost)
    }

    /// Removes chunks that belong to none of these objects: of a write that broke off. To be called by whom alone
    /// writes.
    pub(super) async fn sweep(
        &self,
        context: &Context,
        objects: &[ObjectInfo],
    ) -> Result<(), Broken> {
        let all = format!("$O.{}.C.>", self.name);
        let stream = context.get_stream_no_info(stream_of(self.name));
        let stream = stream.await.map_err(lost)?;
        let subjects = stream.info_with_subjects(&all).await.map_err(lost)?;
        let subjects: Vec<_> = subjects.collect().await;
        for subject in subjects {
            let (subject, _) = subject.map_err(lost)?;
            let name = subject.rsplit('.').next().unwrap_or_default();
            if !objects.iter().any(|object| object.nuid == name) {
                tracing::info!("removing what a write that broke off left in {}", self.name);
                stream.purge().filter(&subject).await.map_err(lost)?;
            }
        }
        Ok(())
    }
}

/// The stream that a bucket is.
fn stream_of(bucket: &str) -> String {
    format!("OBJ_{bucket}")
}
