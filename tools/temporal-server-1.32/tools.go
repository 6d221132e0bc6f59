//go:build tools

// Pins the production server that `npm run test:stack` also runs on (STACK_SERVER), beside the embedded one's version.
package tools

import (
	_ "go.temporal.io/server/cmd/server"
	_ "go.temporal.io/server/cmd/tools/sql"
)
