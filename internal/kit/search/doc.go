// Package search finds Chinese text by what people type: two characters of a
// word, its pinyin (shehui), its initials (shbzk), a number, or a mix.
//
// Neither database cuts Chinese into words, so we cut it ourselves: runs of
// Han characters become overlapping pairs (社会保障 → 社会 会保 保障), and titles
// also get their pinyin.
//
// A Book holds a few thousand names (service items, divisions) in memory. It
// forgives words left out or turned round, characters that sound alike, the
// words people put around a question, and knows what they say instead of what
// is written.
//
//	b := search.NewBook(entries, swaps)
//	found := b.Find("我想办个准生正")   // 生育登记, because 准生证 is said for it
package search
