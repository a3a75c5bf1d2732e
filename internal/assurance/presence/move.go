package presence

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
)

// Move is one movement that is asked for.
type Move string

// The movements. Left and right are the person's own.
const (
	TurnLeft  Move = "left"
	TurnRight Move = "right"
	LookDown  Move = "down"
	ShutEyes  Move = "blink"
)

// moves are all there are; a try asks for howMany of them.
var moves = []Move{TurnLeft, TurnRight, LookDown, ShutEyes}

const howMany = 3

// Title is what the person is told.
func (m Move) Title() string {
	switch m {
	case TurnLeft:
		return "慢慢向左转头"
	case TurnRight:
		return "慢慢向右转头"
	case LookDown:
		return "慢慢低头"
	case ShutEyes:
		return "闭上眼睛，数到二再睁开"
	}
	return string(m)
}

// Sign is a large character beside it.
func (m Move) Sign() string {
	return map[Move]string{TurnLeft: "←", TurnRight: "→", LookDown: "↓", ShutEyes: "—"}[m]
}

// draw picks movements and their order by lot: 24 ways.
func draw() ([]Move, error) {
	list := slices.Clone(moves)
	for i := len(list) - 1; i > 0; i-- {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return nil, err
		}
		list[i], list[n.Int64()] = list[n.Int64()], list[i]
	}
	return list[:howMany], nil
}

func joined(list []Move) string {
	text := make([]string, len(list))
	for i, m := range list {
		text[i] = string(m)
	}
	return strings.Join(text, ",")
}

func split(text string) []Move {
	var list []Move
	for part := range strings.SplitSeq(text, ",") {
		list = append(list, Move(part))
	}
	return list
}
