// Package sample shows every page part in use, on pages like the real ones.
// Tests render them, look at them in a browser and measure them; the program
// does not serve them.
package sample
