// Package presence proves by a face that the owner of an account is there, alive, now (人脸核验): level 3.
//
// Somebody signed in asks for a try and gets three movements in an order drawn by lot (turn left, turn right, look down,
// close the eyes), good for a minute, once, in this session. The browser sends some thirty frames, each with the step it was
// taken in. The check looks for each movement in its order with a straight look between, for one and the same person all the
// time, for a head and not a picture of one (face.ReliefOf), for frames not seen before, and then compares the straight look
// with the person's photograph in the register (1:1, PhotoRegister). The frames are held in memory only and gone when the
// answer is given; what is kept is the result, the distance, the version of the weights and the number of the try.
//
// It is a step up for an account whose owner is known by name and number already, never a way to sign in. It makes impostors'
// work harder and does not make it impossible: masks and films made to order for the movements asked are not told apart.
// The window with an identity card in the reader proves the same level and is always offered beside it.
package presence
