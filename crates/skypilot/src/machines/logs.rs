//! Logs, from wherever the server has them.

use super::{SkyPilotMachines, Within, errors::machine_error};
use crate::client::{self, ErrorKind, LogLength};
use domain::node::log::NodeLog;
use futures::{StreamExt, stream::BoxStream};
use provisioning::ports::machines::{RequestId, Served};

impl SkyPilotMachines {
    pub(super) async fn read_log(
        &self,
        within: &Within<'_>,
        machine: &str,
        request: Option<&RequestId>,
        log: NodeLog,
        length: LogLength,
    ) -> Served<BoxStream<'static, Served<String>>> {
        let acting = within.acting();
        let log = match log {
            NodeLog::Job(job) => self.sky.job_log(acting, machine, job, length).await,
            NodeLog::Provisioning => {
                let of_request = match request.and_then(|request| request.0.parse().ok()) {
                    Some(request) => self.log_of(within, &request, length).await?,
                    None => None,
                };
                match of_request {
                    Some(log) => Ok(log),
                    None => self.sky.provision_log(acting, machine, length).await,
                }
            }
        };
        let log = log.map_err(machine_error)?;
        Ok(log.map(|lines| lines.map_err(machine_error)).boxed())
    }

    /// The output of a request, if the server knows it.
    async fn log_of(
        &self,
        within: &Within<'_>,
        request: &client::RequestId,
        length: LogLength,
    ) -> Served<Option<client::LogStream>> {
        match self
            .sky
            .request_log(&within.identity, request, length)
            .await
        {
            Ok(log) => Ok(Some(log)),
            Err(error) if error.kind == ErrorKind::RequestLost => Ok(None),
            Err(error) => Err(machine_error(error)),
        }
    }
}
