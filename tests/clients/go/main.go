// go-akismet, from Debian, which Commento and Comentario use: the key in the host name; it knows no address but
// Akismet's, and takes what goes wrong for spam.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/adtac/go-akismet/akismet"
)

type words struct{ Author, Email, Content string }

var comments struct {
	Blog      string
	BadKey    string `json:"bad_key"`
	UserIP    string `json:"user_ip"`
	UserAgent string `json:"user_agent"`
	Ham, Spam words
	Rounds    int
}

func fields(w words) *akismet.Comment {
	return &akismet.Comment{
		Blog:               comments.Blog,
		UserIP:             comments.UserIP,
		UserAgent:          comments.UserAgent,
		CommentType:        "comment",
		CommentAuthor:      w.Author,
		CommentAuthorEmail: w.Email,
		CommentContent:     w.Content,
	}
}

func check(w words, key string) string {
	isSpam, err := akismet.Check(fields(w), key)
	if err != nil {
		log.Fatal(err)
	}
	if isSpam {
		return "spam"
	}
	return "ham"
}

func main() {
	key := os.Args[2]
	text, err := os.ReadFile(os.Args[3])
	if err == nil {
		err = json.Unmarshal(text, &comments)
	}
	if err != nil {
		log.Fatal(err)
	}
	if _, err := akismet.Check(fields(comments.Ham), comments.BadKey); err != nil {
		fmt.Println("check with bad key: refused")
	} else {
		fmt.Println("check with bad key: answered")
	}
	fmt.Println("honest comment:", check(comments.Ham, key))
	fmt.Println("advertisement:", check(comments.Spam, key))
	teach(comments.Spam, "ham", "advertisement after submit-ham", akismet.SubmitHam, key)
	teach(comments.Ham, "spam", "honest comment after submit-spam", akismet.SubmitSpam, key)
}

func teach(w words, label, line string, submit func(*akismet.Comment, string) error, key string) {
	variant := w
	for n := 0; n <= comments.Rounds; n++ {
		if err := submit(fields(variant), key); err != nil {
			log.Fatal(err)
		}
		if check(w, key) == label {
			break
		}
		variant.Author, variant.Email = fmt.Sprintf("%s %d", w.Author, n), fmt.Sprintf("%d.%s", n, w.Email)
	}
	fmt.Printf("%s: %s\n", line, check(w, key))
}
