// Package gb reads, checks and makes the codes of China's national standards that a government service platform meets:
// resident identity numbers, unified social credit codes, division codes, ethnic groups, document types, phone numbers and
// names, service item codes and electronic licence identifiers. It needs no data file and no network.
//
// Every Parse function takes what a person typed: blanks and invisible characters are dropped, full-width letters and
// digits made half-width, letters upper-cased. It gives the code in its one written form, so Parse(x.String()) == x. A
// refusal is an [*Error] with a stable code and a Chinese sentence naming the remedy; it never repeats the input.
//
// # Clauses
//
//   - [ResidentID]: GB 11643-1999, check character ISO 7064 MOD 11-2. The address code is that of the day of first
//     numbering, so only its province is checked: abolished counties live on in people's numbers. 15-digit numbers
//     have not been valid since 2013 and enter only by [UpgradeResidentID] (archives).
//   - [USCC]: GB 32100-2015; characters 9–17 are the organisation code of GB 11714, whose own check character is a
//     warning only ([USCC.OrganisationOK]), as live codes break it.
//   - [Division]: GB/T 2260 (6 digits) and the statistics bureau's 12 digits.
//   - [Ethnicity]: GB/T 3304-1991. [Sex]: GB/T 2261.1. [IDType]: GA/T 2000.156 as reused by GB/T 36903 annex A.
//   - [ItemBase], [ItemImplementation], [HandlingItem]: national platform C0109 / GB/T 39554.1 (12, 31, 33 characters).
//     GB/T 39046-2020 declares other lengths (10, 24) for the same fields; live systems use these.
//   - [ServiceType]: GB/T 39046-2020 A.1. [Level]: A.2.
//   - [LicenceID]: GB/T 36904-2018, check character ISO/IEC 7064 MOD 37,36.
//
// # Unsure
//
// Verified against published examples: the check characters of resident numbers, credit codes and licence identifiers,
// the item code layout, document types 111 and 001. From general knowledge of the field, to be compared with the official
// text before a rule of law hangs on it: both layouts of the foreigners' permanent residence number ([ForeignPermit]; the
// 2017 check digit is not checked), the remaining document types and the shapes of passport and travel permit numbers,
// registrar 55 of credit codes, the third and fourth segment ranges of division codes, the ethnic group list. A number of
// a made-up person may belong to a real one: mark synthetic data and mask it.
package gb
