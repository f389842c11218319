// Package frame holds what the stand-in plugins share: who they are, and that they stay at home.
package frame

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// RefuseElsewhere refuses an address that is not on this machine. An address without a host passes: no
// request can leave with it, and the HTTP client says so in the released plugin's words.
func RefuseElsewhere(plugin, address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" || onLoopback(parsed.Hostname()) {
		return nil
	}
	return fmt.Errorf(
		"the stand-in plugin %q talks to loopback addresses only and sent nothing to %s: "+
			"install the released plugin to reach it", plugin, parsed.Host,
	)
}

func onLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Loopback checks each request, redirected ones too, before it passes it on.
type Loopback struct {
	Plugin string
	Next   http.RoundTripper
}

// RoundTrip sends the request if it stays on this machine.
func (l Loopback) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := RefuseElsewhere(l.Plugin, request.URL.String()); err != nil {
		return nil, err
	}
	return l.Next.RoundTrip(request)
}
