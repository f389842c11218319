package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// client sends one request at a time to the REST API.
type client struct {
	base      string
	token     string
	userAgent string
	http      *http.Client
}

// apiError is an answer other than 2xx whose body says why.
type apiError struct {
	call    string
	status  int
	Code    int    `json:"code"`
	Errors  any    `json:"errors"`
	Message string `json:"message"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%s. Code: %d, Errors: %v, Message: %s", e.call, e.Code, e.Errors, e.Message)
}

// hasStatus reports whether the API refused with this code and a readable body.
func hasStatus(err error, code int) bool {
	var refusal *apiError
	return errors.As(err, &refusal) && refusal.status == code
}

// endsWith recognises a refusal whose body was not readable by its text.
func endsWith(err error, status string) bool {
	return err != nil && strings.HasSuffix(err.Error(), ": "+status)
}

func isGone(err error) bool {
	return hasStatus(err, http.StatusNotFound) || endsWith(err, "404 Not Found")
}

func isForbidden(err error) bool {
	return hasStatus(err, http.StatusForbidden) || endsWith(err, "403 Forbidden")
}

// call sends a request, again and again while the API asks to slow down, and reads the answer.
func (c *client) call(method, path string, body, answer any) error {
	for {
		response, content, err := c.send(method, path, body)
		if err != nil {
			return err
		}
		if response.StatusCode/100 == 2 {
			if answer == nil {
				return nil
			}
			return json.Unmarshal(content, answer)
		}
		if wait, ok := throttled(response); ok {
			time.Sleep(wait)
			continue
		}
		return refusal(response, content)
	}
}

func (c *client) send(method, path string, body any) (*http.Response, []byte, error) {
	content := io.Reader(http.NoBody)
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, c.base+path, content)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	request.Header.Set("Authorization", "Token token="+c.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, text, err
}

// throttled returns how long to wait after a 429: until the limit is reset, and a little longer so
// that parallel calls do not come back all at once.
func throttled(response *http.Response) (time.Duration, bool) {
	if response.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	jitter := 1 + 0.3*rand.Float64()
	reset := response.Header.Get("ratelimit-reset")
	if reset == "" {
		return time.Duration(5 * jitter * float64(time.Second)), true
	}
	seconds, err := strconv.Atoi(reset)
	if err != nil {
		return 0, false
	}
	return time.Duration((float64(seconds) + 0.5*jitter) * float64(time.Second)), true
}

func refusal(response *http.Response, content []byte) error {
	url := response.Request.URL
	call := fmt.Sprintf("%s API call to %s failed", response.Request.Method, url)
	known := struct {
		Error *apiError `json:"error"`
	}{&apiError{}}
	if json.Unmarshal(content, &known) != nil || known.Error == nil {
		return fmt.Errorf("%s: %s", call, response.Status)
	}
	known.Error.call = call + " " + response.Status
	known.Error.status = response.StatusCode
	return known.Error
}

// whenRefused decides what a refused read means.
type whenRefused func(d *schema.ResourceData, err error) error

// unreadable: the object was just made, so it must be there.
func unreadable(d *schema.ResourceData, err error) error {
	return fmt.Errorf("Error reading: %s: %s", d.Id(), err)
}

// unlessGone: a missing object leaves the state.
func unlessGone(d *schema.ResourceData, err error) error {
	if isGone(err) {
		d.SetId("")
		return nil
	}
	return unreadable(d, err)
}

func retryable(err error) *retry.RetryError {
	if err == nil {
		return nil
	}
	return retry.RetryableError(err)
}
