package form

// maxFields is how many fields a form may have; ours have at most three.
const maxFields = 16
