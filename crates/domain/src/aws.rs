//! AWS partitions, regions and ARNs. Accounts, keys and endpoints of one partition are unknown in all others.
//! <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>

use std::{fmt, str::FromStr};

/// A partition that the endpoint rules of AWS's SDK know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    Aws,
    China,
    /// GovCloud (US).
    Government,
    /// European Sovereign Cloud.
    EuropeanSovereign,
    Iso,
    IsoB,
    IsoE,
    IsoF,
}

impl Partition {
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::China,
        Self::Government,
        Self::EuropeanSovereign,
        Self::Iso,
        Self::IsoB,
        Self::IsoE,
        Self::IsoF,
    ];

    /// As in ARNs.
    pub fn as_str(self) -> &'static str {
        self.names().0
    }

    /// The region of the partition's global services, which AWS's tools use where none is named.
    pub fn default_region(self) -> Region {
        Region {
            name: self.names().2.to_owned(),
            partition: self,
        }
    }

    /// The name, the beginning of its regions and the default region, from `partitions.json` of AWS's SDKs. Regions
    /// with another beginning are in `aws`, where AWS adds areas.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Aws => ("aws", "", "us-east-1"),
            Self::China => ("aws-cn", "cn-", "cn-northwest-1"),
            Self::Government => ("aws-us-gov", "us-gov-", "us-gov-west-1"),
            Self::EuropeanSovereign => ("aws-eusc", "eusc-", "eusc-de-east-1"),
            Self::Iso => ("aws-iso", "us-iso-", "us-iso-east-1"),
            Self::IsoB => ("aws-iso-b", "us-isob-", "us-isob-east-1"),
            Self::IsoE => ("aws-iso-e", "eu-isoe-", "eu-isoe-west-1"),
            Self::IsoF => ("aws-iso-f", "us-isof-", "us-isof-south-1"),
        }
    }

    fn of_region(name: &str) -> Self {
        let mut special = Self::ALL.into_iter().skip(1);
        special
            .find(|partition| name.starts_with(partition.names().1))
            .unwrap_or(Self::Aws)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a region, such as `eu-central-1` or `us-gov-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    name: String,
    partition: Partition,
}

impl Region {
    pub fn as_str(&self) -> &str {
        &self.name
    }

    pub fn partition(&self) -> Partition {
        self.partition
    }
}

impl Default for Region {
    fn default() -> Self {
        Partition::Aws.default_region()
    }
}

impl FromStr for Region {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let of = |text: &str, kind: fn(&u8) -> bool| {
            !text.is_empty() && text.bytes().all(|byte| kind(&byte))
        };
        let fits = text.rsplit_once('-').is_some_and(|(words, number)| {
            words.contains('-')
                && words
                    .split('-')
                    .all(|word| of(word, u8::is_ascii_lowercase))
                && number.len() <= 2
                && of(number, u8::is_ascii_digit)
        });
        if !fits || text.len() > 32 {
            return Err("must be a region such as eu-central-1, us-gov-west-1 or cn-north-1");
        }
        Ok(Self {
            partition: Partition::of_region(text),
            name: text.to_owned(),
        })
    }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` of something in an account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    pub partition: Partition,
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    pub resource: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArnError {
    Malformed,
    /// A partition that AWS's SDK has no endpoints for.
    UnknownPartition,
}

impl<'a> Arn<'a> {
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let &["arn", partition, service, region, account, resource] = parts.as_slice() else {
            return Err(ArnError::Malformed);
        };
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ArnError::Malformed);
        }
        Ok(Self {
            partition: Partition::ALL
                .into_iter()
                .find(|known| known.as_str() == partition)
                .ok_or(ArnError::UnknownPartition)?,
            service,
            region,
            resource,
        })
    }
}

impl ArnError {
    /// The rule that an ARN breaks; `rule` is what a well-formed one must be.
    pub fn message(self, rule: &str) -> String {
        match self {
            Self::Malformed => rule.to_owned(),
            Self::UnknownPartition => {
                let known: Vec<_> = Partition::ALL.map(Partition::as_str).into();
                format!("must name a known partition: {}", known.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_in_the_partition_that_its_name_begins_with() {
        for (name, partition) in [
            ("us-east-1", "aws"),
            ("eu-central-1", "aws"),
            ("il-central-1", "aws"),
            ("mx-central-1", "aws"),
            ("ap-southeast-7", "aws"),
            // An area that AWS may add.
            ("nz-north-12", "aws"),
            ("us-gov-east-1", "aws-us-gov"),
            ("cn-north-1", "aws-cn"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-west-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-east-1", "aws-iso-f"),
        ] {
            let region: Region = name.parse().unwrap();
            assert_eq!(
                (region.as_str(), region.partition().as_str()),
                (name, partition)
            );
        }
        for partition in Partition::ALL {
            let region = partition.default_region();
            assert_eq!(region.as_str().parse(), Ok(region.clone()));
            assert_eq!(region.partition(), partition);
        }
    }

    #[test]
    fn what_is_no_region_is_refused() {
        for text in [
            "",
            "Frankfurt",
            "eu-1",
            "eu-central",
            "eu-central-1a",
            "eu--1",
            "US-EAST-1",
            "us-gov-west",
            "aws-global",
            "us-east-1.evil.example",
            "eu-central-1_AbCdEfGhI",
        ] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_arn_names_a_known_partition_and_an_account() {
        for partition in Partition::ALL {
            let text = format!("arn:{partition}:iam::123456789012:role/a:b");
            let arn = Arn::parse(&text).unwrap();
            assert_eq!(arn.partition, partition);
            assert_eq!((arn.service, arn.region), ("iam", ""));
            assert_eq!(arn.resource, "role/a:b");
        }
        for partition in ["", "AWS", "aws-gov", "aws-us-gov-1", "awsx", "amazon"] {
            let text = format!("arn:{partition}:iam::123456789012:role/a");
            assert_eq!(Arn::parse(&text), Err(ArnError::UnknownPartition), "{text}");
        }
        for text in [
            "",
            "role/a",
            "arn:aws:iam::role/a",
            "arn:aws:iam::12345678901:role/a",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "urn:aws:iam::123456789012:role/a",
        ] {
            assert_eq!(Arn::parse(text), Err(ArnError::Malformed), "{text}");
        }
    }
}
