package main

import (
	"context"
	"fmt"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"yimen/face"
	"yimen/face/samples"
	"yimen/face/weights"
)

// comparisons are how many are measured.
const comparisons = 12

// faces measures one comparison: a face found, its points placed, embedded, and laid beside another. Beside it stands what
// the matrix product alone does, which is what the nets are made of.
func faces(ctx context.Context, r *report) error {
	m, err := face.Load(weights.FS)
	if err != nil {
		return err
	}
	pic, err := face.Decode(samples.Portrait("a"), 0)
	if err != nil {
		return err
	}
	var first face.Embedding
	var spent time.Duration
	for i := range comparisons + 1 {
		start := time.Now()
		found, err := m.Detect(ctx, pic, 0)
		if err != nil || len(found) != 1 {
			return fmt.Errorf("faces: %d found, %w", len(found), err)
		}
		e, err := m.Embed(ctx, pic, found[0])
		if err != nil {
			return err
		}
		if i == 0 { // the weights are unpacked, too
			first = e
			continue
		}
		spent += time.Since(start)
		if d := face.Distance(first, e); d > 1e-3 {
			return fmt.Errorf("faces: the same picture lies %f from itself", d)
		}
	}
	ms := float64(spent.Microseconds()) / 1000 / comparisons
	r.add(figure{What: "face: one comparison", Budget: "≤ 400 ms", Measured: fmt.Sprintf("%.0f ms", ms), Value: ms, Unit: "ms",
		RawText: fmt.Sprintf("matrix product %.1f GFLOP/s", productRate())})
	return nil
}

// productRate is how fast matrices as large as a middle layer's are multiplied, in billions of operations a second.
func productRate() float64 {
	const rows, depth, columns, times = 289, 576, 64, 200
	of := func(r, c int) blas32.General {
		g := blas32.General{Rows: r, Cols: c, Stride: c, Data: make([]float32, r*c)}
		for i := range g.Data {
			g.Data[i] = float32(i%7) + 0.5
		}
		return g
	}
	a, b, out := of(rows, depth), of(depth, columns), of(rows, columns)
	start := time.Now()
	for range times {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, out)
	}
	return 2 * rows * depth * columns * times / time.Since(start).Seconds() / 1e9
}
