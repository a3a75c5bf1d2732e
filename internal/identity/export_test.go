package identity

// MeetDevice is how a sign-in notes the browser.
var MeetDevice = (*Module).meetDevice
