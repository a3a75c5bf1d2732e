// Package samples holds six portraits whose licence allows everybody to use them, for tests and for the demonstration. They
// are cut out of the demonstration photographs of the npm package @vladmandic/face-api 1.7.15, which its author took himself
// ("Photos shown below are taken by me") and published with the package under the MIT licence (../weights/LICENSE). Nobody
// shown has to do with this project, and the names that the demonstration gives them are made up.
package samples

import "embed"

// Names are the portraits: six different people.
var Names = []string{"a", "b", "c", "d", "e", "f"}

//go:embed *.jpg
var files embed.FS

// Portrait gives a portrait as JPEG, 400 × 400 pixels, the head in its middle.
func Portrait(name string) []byte {
	data, err := files.ReadFile(name + ".jpg")
	if err != nil {
		panic(err) // a name that is not in Names
	}
	return data
}
