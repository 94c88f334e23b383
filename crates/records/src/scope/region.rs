//! Which country lies in which region, by the United Nations' standard M49.
//!
//! Every code of ISO 3166-1 is here. Taiwan, which M49 does not list, stands with Eastern Asia.

/// One of the United Nations' geographical sub-regions.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) name: &'static str,
    pub(super) continent: &'static str,
    /// ISO 3166-1 alpha-2 codes with a blank between them.
    countries: &'static str,
}

const fn region(name: &'static str, continent: &'static str, countries: &'static str) -> Region {
    Region { name, continent, countries }
}

#[rustfmt::skip]
static REGIONS: [Region; 23] = [
    region("Northern Africa", "Africa", "DZ EG EH LY MA SD TN"),
    region("Eastern Africa", "Africa", "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW"),
    region("Middle Africa", "Africa", "AO CD CF CG CM GA GQ ST TD"),
    region("Southern Africa", "Africa", "BW LS NA SZ ZA"),
    region("Western Africa", "Africa", "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG"),
    region("Caribbean", "Americas", "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"),
    region("Central America", "Americas", "BZ CR GT HN MX NI PA SV"),
    region("South America", "Americas", "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    region("Northern America", "Americas", "BM CA GL PM US"),
    region("Central Asia", "Asia", "KG KZ TJ TM UZ"),
    region("Eastern Asia", "Asia", "CN HK JP KP KR MN MO TW"),
    region("South-eastern Asia", "Asia", "BN ID KH LA MM MY PH SG TH TL VN"),
    region("Southern Asia", "Asia", "AF BD BT IN IR LK MV NP PK"),
    region("Western Asia", "Asia", "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"),
    region("Eastern Europe", "Europe", "BG BY CZ HU MD PL RO RU SK UA"),
    region("Northern Europe", "Europe", "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ"),
    region("Southern Europe", "Europe", "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA"),
    region("Western Europe", "Europe", "AT BE CH DE FR LI LU MC NL"),
    region("Australia and New Zealand", "Oceania", "AU CC CX HM NF NZ"),
    region("Melanesia", "Oceania", "FJ NC PG SB VU"),
    region("Micronesia", "Oceania", "FM GU KI MH MP NR PW UM"),
    region("Polynesia", "Oceania", "AS CK NU PF PN TK TO TV WF WS"),
    region("Antarctica", "Antarctica", "AQ"),
];

impl Region {
    pub(super) fn countries(&self) -> impl Iterator<Item = &'static str> {
        self.countries.split(' ')
    }
}

pub(super) fn all() -> impl Iterator<Item = &'static Region> {
    REGIONS.iter()
}

/// The region of a country, by the two capital letters of its code.
pub(super) fn of_country(code: &str) -> Option<&'static Region> {
    all().find(|region| region.countries().any(|country| country == code))
}

pub(super) fn named(name: &str) -> Option<&'static Region> {
    all().find(|region| region.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_of_iso_3166_lies_in_one_region() {
        let codes: Vec<&str> = all().flat_map(Region::countries).collect();
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!((codes.len(), distinct.len()), (249, 249));
        assert!(codes.iter().all(|code| code.len() == 2));
    }
}
