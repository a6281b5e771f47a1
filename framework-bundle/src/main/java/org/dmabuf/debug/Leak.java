package org.dmabuf.debug;

import java.util.List;

/**
 * Things that a client took at one place and did not give back. Plain data, text and stack-trace
 * elements only, so that it keeps nobody's classes.
 *
 * @param kind of things
 * @param cause how it was found out
 * @param client who took them, by name
 * @param what the first of them, as messages show it
 * @param acquired where they were taken: the caller of the framework first
 * @param ageNanos how long the first had been held when it was found out
 * @param count how many were found so far, 1 or more
 */
public record Leak(
    LeakKind kind,
    Cause cause,
    String client,
    String what,
    List<StackTraceElement> acquired,
    long ageNanos,
    long count) {
  /** How a leak is found out. */
  public enum Cause {
    /** Nobody could give it back any more. */
    DROPPED("was dropped without being given back"),
    /** Its client's bundle had stopped, and the framework gave it back. */
    HELD_AT_END("was still held when its client ended");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Takes a copy of the places. */
  public Leak {
    acquired = List.copyOf(acquired);
  }

  /** Returns the line that took them, "class.method(File.java:12)"; never null. */
  public String place() {
    return Places.first(acquired);
  }

  @Override
  public String toString() {
    return "%s %s, taken by %s at %s, %s after %d.%03d s"
        .formatted(
            kind,
            what,
            client,
            place(),
            cause,
            ageNanos / 1_000_000_000,
            ageNanos / 1_000_000 % 1000);
  }

  Leak oneMore() {
    return new Leak(kind, cause, client, what, acquired, ageNanos, count + 1);
  }
}
