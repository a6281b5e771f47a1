package org.dmabuf.replay;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;

/**
 * What a call answered, recorded or now, in the form of the traces. Two answers are equal when they
 * have the same keys with the same values, whatever the order of the keys.
 *
 * <pre>
 *   {ok=true, observations...}   {err=EINVAL}   {signal=SIGBUS}   {blocks=true}
 *   {unreplayable=why}           {broken=what}       never recorded: always a disagreement
 * </pre>
 *
 * <p>Immutable. Whole numbers are {@link Long}, so that those of a reader of JSON and ours are
 * alike.
 *
 * @param keys the keys, in order, never null
 */
record Answer(Map<String, Object> keys) {
  private static final String OK = "ok";

  /** Reads a recorded answer. */
  static Answer of(Map<?, ?> recorded) {
    Map<String, Object> keys = new LinkedHashMap<>();
    recorded.forEach((key, value) -> keys.put(String.valueOf(key), plain(value)));
    return new Answer(Collections.unmodifiableMap(keys));
  }

  /** The call returned, and there is nothing to observe. */
  static Answer ok() {
    return of(Map.of(OK, true));
  }

  /** The call was refused; or, for an access to memory, faulted. */
  static Answer refused(DmaBufException refusal) {
    return refusal
        .signal()
        .map(signal -> of(Map.of("signal", signal.name())))
        .orElseGet(() -> of(Map.of("err", refusal.errno().name())));
  }

  /** The call had not returned after its time, and was interrupted. */
  static Answer blocks() {
    return of(Map.of("blocks", true));
  }

  /** The step asks for what this interpreter has no call for. */
  static Answer unreplayable(String why) {
    return of(Map.of("unreplayable", why));
  }

  /** The call ended with what the public API never throws. */
  static Answer broken(Throwable failure) {
    return of(Map.of("broken", failure.toString()));
  }

  /** Returns this answer with one more observation. */
  Answer with(String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(keys);
    more.put(key, value);
    return of(more);
  }

  /** Returns whether the call succeeded. */
  boolean isOk() {
    return keys.containsKey(OK);
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case BigInteger number when number.bitLength() < Long.SIZE -> number.longValueExact();
      case List<?> list -> list.stream().map(Answer::plain).toList();
      case null, default -> value;
    };
  }
}
