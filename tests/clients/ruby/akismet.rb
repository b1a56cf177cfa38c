# Ruby `akismet`, from Debian: the key in the host name; it knows no address but Akismet's.

require "akismet"
require "json"

COMMENTS = JSON.parse(File.read(File.join(__dir__, "../comments.json")))
_, key = ARGV

def fields(comment)
  [COMMENTS["user_ip"], COMMENTS["user_agent"],
   { type: "comment", author: comment["author"], author_email: comment["email"], text: comment["content"] }]
end

good, bad = [key, COMMENTS["bad_key"]].map { |k| Akismet::Client.new(k, COMMENTS["blog"]) }
puts "good key: #{good.verify_key ? "valid" : "invalid"}"
puts "bad key: #{bad.verify_key ? "valid" : "invalid"}"
begin
  bad.spam?(*fields(COMMENTS["ham"]))
  puts "check with bad key: answered"
rescue Akismet::Error
  puts "check with bad key: refused"
end

check = ->(comment) { good.spam?(*fields(comment)) ? "spam" : "ham" }
puts "honest comment: #{check.(COMMENTS["ham"])}"
puts "advertisement: #{check.(COMMENTS["spam"])}"
[["spam", "ham", "advertisement after submit-ham"], ["ham", "spam", "honest comment after submit-spam"]].each do |was, taught, line|
  comment = COMMENTS[was]
  good.public_send(taught, *fields(comment))
  COMMENTS["rounds"].times do |n|
    break if check.(comment) == taught
    good.public_send(taught, *fields(comment.merge("author" => "#{comment["author"]} #{n}", "email" => "#{n}.#{comment["email"]}")))
  end
  puts "#{line}: #{check.(comment)}"
end
