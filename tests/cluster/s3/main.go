// Command s3 is the object store of the cluster test: MinIO, from its Go
// module. It has a go.mod of its own so that the product never depends on it.
//
//	s3 server …                 as minio
//	s3 make-bucket HOST:PORT NAME   with the credentials of the environment
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	client "github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	minio "github.com/minio/minio/cmd"
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "make-bucket" {
		if err := makeBucket(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "s3:", err)
			os.Exit(1)
		}
		return
	}
	minio.Main(os.Args)
}

// makeBucket waits for the server and makes a bucket, if it is not there.
func makeBucket(address, name string) error {
	c, err := client.New(address, &client.Options{
		Creds: credentials.NewStaticV4(os.Getenv("MINIO_ROOT_USER"), os.Getenv("MINIO_ROOT_PASSWORD"), ""),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		there, err := c.BucketExists(ctx, name)
		if err == nil && !there {
			err = c.MakeBucket(ctx, name, client.MakeBucketOptions{})
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}
