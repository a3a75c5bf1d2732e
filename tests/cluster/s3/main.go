// Command s3 is the object store of the cluster test: MinIO, from its Go
// module. It has a go.mod of its own so that the product never depends on it.
package main

import (
	"os"

	minio "github.com/minio/minio/cmd"
)

func main() { minio.Main(os.Args) }
