package workflow

import "unicode"

// Sizes of the picture, in pixels at normal size.
const (
	boxWidth   = 168
	lineHeight = 20
	boxPadding = 10
	gapAcross  = 24 // between branches
	gapDown    = 28 // between steps
	labelSpace = 26 // above a branch, for its name
	margin     = 12
	wrapAt     = 10 // full-width characters in a line of a box
)

// drawing is a definition laid out: boxes and lines, no box over another.
type drawing struct {
	Width, Height int
	Boxes         []box
	Lines         []stroke
	Labels        []label
}

// box is a step, or the head of a block.
type box struct {
	X, Y, W, H int
	Node       Node
	Text       []string
}

// stroke is a straight line; Arrow puts a head at its end.
type stroke struct {
	X1, Y1, X2, Y2 int
	Arrow          bool
}

// label is the name of a branch, above it.
type label struct {
	X, Y int // middle of its base line
	Text string
}

// lay draws a definition from top to bottom, branches side by side.
func lay(d Definition) drawing {
	l := &layout{}
	w := widthOf(d.Nodes)
	bottom := l.sequence(d.Nodes, margin+w/2, margin)
	l.Width, l.Height = w+2*margin, bottom+margin
	return l.drawing
}

type layout struct{ drawing }

func widthOf(nodes []Node) int {
	widest := boxWidth
	for _, n := range nodes {
		if n.Kind == Step {
			continue
		}
		if w := branchesWidth(n); w > widest {
			widest = w
		}
	}
	return widest
}

func branchesWidth(n Node) int {
	w := -gapAcross
	for _, b := range n.Branches {
		w += widthOf(b.Nodes) + gapAcross
	}
	return w
}

// sequence draws nodes below each other around the middle x from y on, and
// gives where they end.
func (l *layout) sequence(nodes []Node, x, y int) int {
	for i, n := range nodes {
		if i > 0 {
			l.line(x, y, x, y+gapDown, true)
			y += gapDown
		}
		y = l.box(n, x, y)
		if n.Kind != Step {
			y = l.branches(n, x, y)
		}
	}
	return y
}

func (l *layout) box(n Node, x, y int) int {
	text := wrap(n.Name, wrapAt)
	h := 2*boxPadding + lineHeight*len(text)
	if n.Kind == Step {
		h += lineHeight // for its state
	}
	l.Boxes = append(l.Boxes, box{X: x - boxWidth/2, Y: y, W: boxWidth, H: h, Node: n, Text: text})
	return y + h
}

// branches draws the branches of a block side by side below its head, which
// ends at y, and joins them again.
func (l *layout) branches(n Node, x, y int) int {
	bar := y + gapDown/2
	l.line(x, y, x, bar, false)
	left := x - branchesWidth(n)/2
	var middles, ends []int
	lowest := 0
	for _, b := range n.Branches {
		w := widthOf(b.Nodes)
		mid := left + w/2
		left += w + gapAcross
		top := bar + labelSpace
		l.Labels = append(l.Labels, label{X: mid, Y: bar + labelSpace - 9, Text: shorten(branchName(n, b), wrapAt)})
		end := top
		if len(b.Nodes) > 0 {
			l.line(mid, top, mid, top+gapDown/2, true)
			end = l.sequence(b.Nodes, mid, top+gapDown/2)
		}
		middles, ends = append(middles, mid), append(ends, end)
		lowest = max(lowest, end)
	}
	join := lowest + gapDown/2
	for i, mid := range middles {
		l.line(mid, bar, mid, bar+labelSpace-24, false)
		l.line(mid, ends[i], mid, join, false)
	}
	l.line(middles[0], bar, middles[len(middles)-1], bar, false)
	l.line(middles[0], join, middles[len(middles)-1], join, false)
	l.line(x, join, x, join+gapDown/4, false)
	return join + gapDown/4
}

func (l *layout) line(x1, y1, x2, y2 int, arrow bool) {
	l.Lines = append(l.Lines, stroke{x1, y1, x2, y2, arrow})
}

func branchName(n Node, b Branch) string {
	switch {
	case b.Name != "":
		return b.Name
	case n.Kind == Choice && b.When == "":
		return "其他情形"
	}
	return ""
}

// wrap breaks a name into lines of at most n full-width characters; a
// half-width character counts half.
func wrap(s string, n int) []string {
	var lines []string
	line, width := []rune{}, 0
	for _, r := range s {
		w := runeWidth(r)
		if width+w > 2*n && len(line) > 0 {
			lines = append(lines, string(line))
			line, width = line[:0], 0
		}
		line, width = append(line, r), width+w
	}
	if len(line) > 0 || len(lines) == 0 {
		lines = append(lines, string(line))
	}
	return lines
}

func shorten(s string, n int) string {
	lines := wrap(s, n)
	if len(lines) == 1 {
		return s
	}
	return wrap(s, n-1)[0] + "…"
}

// runeWidth is 2 for full-width characters, 1 for others.
func runeWidth(r rune) int {
	if r > unicode.MaxLatin1 {
		return 2
	}
	return 1
}
