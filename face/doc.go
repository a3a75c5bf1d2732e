// Package face finds faces in pictures and tells whether two are of one person (1:1), on this machine, in Go alone.
//
// [Load] takes the weights, [Decode] a picture, [Model.Detect] finds faces in it with 68 points each, how the head is turned,
// how far the eyes are open and whether the picture is good enough; [Model.Embed] places a face in a space of 128 dimensions
// and [Distance] compares two. [ReliefOf] tells a head that turned from a sheet of paper that did.
//
// The nets are those of npm @vladmandic/face-api 1.7.15 (MIT): tiny_face_detector, face_landmark_68 and face_recognition,
// the last being dlib's. Their forward passes are written here: convolutions unrolled into one matrix product (gonum). What
// the original implementation says about six portraits stands in testdata/golden.json, and this one says the same.
//
// # What it is worth
//
// No labelled collection of faces was at hand, so no error rates are claimed, least of all for people of one's own city: the
// nets' makers state 99.4 % on pictures of celebrities (LFW) at a distance of 0.6, and such nets are known to tell some groups
// of people apart worse than others. Of the six portraits in package samples, all of different people, two lie at 0.495. Who
// decides by a distance should draw the line well below 0.5, look only at straight and clear pictures, and leave people
// another way. The pose is estimated by a common head and good for telling a turn, not for measuring one.
package face
