package org.dmabuf.video.node;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.dmabuf.video.queue.QueueType;

/**
 * What programs have set of a context, and how far its streams have come: what it leaves to its
 * successor. As plain data it is
 *
 * <pre>
 *   program     whose file it was; of a converter alone
 *   period      ns from frame to frame
 *   controls    number -> value
 *   formats     queue  -> { fourcc, width, height, line, align }
 *   sequences   queue  -> number of the next frame; of streams that the end has cut off
 * </pre>
 *
 * <p>What is as a device of this kind begins is missing, so that a successor which begins otherwise
 * does. What a successor does not know it leaves out.
 *
 * @param program empty for a context that all files have together, never null
 * @param periodNanos empty as it began, never null
 * @param controls by their numbers, never null
 * @param formats of queues, never null
 * @param sequences of queues, never null
 */
record ContextState(
    String program,
    OptionalLong periodNanos,
    Map<Integer, Integer> controls,
    Map<QueueType, Format> formats,
    Map<QueueType, Long> sequences) {
  /** A context that begins anew. */
  static final ContextState NEW =
      new ContextState("", OptionalLong.empty(), Map.of(), Map.of(), Map.of());

  private static final String PROGRAM = "program";
  private static final String PERIOD = "period";
  private static final String CONTROLS = "controls";
  private static final String FORMATS = "formats";
  private static final String SEQUENCES = "sequences";
  private static final String FOURCC = "fourcc";
  private static final String WIDTH = "width";
  private static final String HEIGHT = "height";
  private static final String LINE = "line";
  private static final String ALIGN = "align";

  /**
   * A format as a program asked for it.
   *
   * @param fourcc V4L2's code
   * @param width in pixels
   * @param height in rows
   * @param line bytes of a row of the first plane
   * @param align what pitches are multiples of, in bytes
   */
  record Format(int fourcc, int width, int height, int line, int align) {
    private Map<String, Object> toPlain() {
      return Map.of(FOURCC, fourcc, WIDTH, width, HEIGHT, height, LINE, line, ALIGN, align);
    }

    private static Format of(Map<String, Long> plain) {
      return new Format(
          intOf(plain, FOURCC),
          intOf(plain, WIDTH),
          intOf(plain, HEIGHT),
          intOf(plain, LINE),
          intOf(plain, ALIGN));
    }

    private static int intOf(Map<String, Long> plain, String name) {
      return plain.getOrDefault(name, 0L).intValue();
    }
  }

  /** Takes copies. */
  ContextState {
    controls = Map.copyOf(controls);
    formats = Map.copyOf(formats);
    sequences = Map.copyOf(sequences);
  }

  /** Returns it as plain data. */
  Map<String, Object> toPlain() {
    Map<String, Object> plain = new TreeMap<>();
    plain.put(PROGRAM, program);
    periodNanos.ifPresent(nanos -> plain.put(PERIOD, nanos));
    Map<String, Object> values = new TreeMap<>();
    controls.forEach((id, value) -> values.put(Integer.toUnsignedString(id), value));
    plain.put(CONTROLS, values);
    Map<String, Object> layouts = new TreeMap<>();
    formats.forEach((type, format) -> layouts.put(type.name(), format.toPlain()));
    plain.put(FORMATS, layouts);
    Map<String, Object> numbers = new TreeMap<>();
    sequences.forEach((type, next) -> numbers.put(type.name(), next));
    plain.put(SEQUENCES, numbers);
    return plain;
  }

  /** Returns what plain data say; what is not as it should be is left out. */
  static ContextState of(Object plain) {
    if (!(plain instanceof Map<?, ?> values)) {
      return NEW;
    }
    Map<Integer, Integer> controls = new HashMap<>();
    numbers(values.get(CONTROLS))
        .forEach(
            (id, value) -> {
              if (id.matches("\\d{1,10}")) {
                controls.put((int) Long.parseLong(id), value.intValue());
              }
            });
    Map<QueueType, Format> formats = new HashMap<>();
    Map<QueueType, Long> sequences = new HashMap<>();
    Map<String, Long> next = numbers(values.get(SEQUENCES));
    for (QueueType type : QueueType.values()) {
      Map<String, Long> format = numbers(member(values.get(FORMATS), type.name()));
      if (!format.isEmpty()) {
        formats.put(type, Format.of(format));
      }
      if (next.getOrDefault(type.name(), 0L) > 0) {
        sequences.put(type, next.get(type.name()));
      }
    }
    return new ContextState(
        values.get(PROGRAM) instanceof String program ? program : "",
        values.get(PERIOD) instanceof Long nanos && nanos >= 0
            ? OptionalLong.of(nanos)
            : OptionalLong.empty(),
        controls,
        formats,
        sequences);
  }

  private static Object member(Object plain, String name) {
    return plain instanceof Map<?, ?> map ? map.get(name) : null;
  }

  private static Map<String, Long> numbers(Object plain) {
    Map<String, Long> numbers = new TreeMap<>();
    if (plain instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            if (name instanceof String text && value instanceof Long number) {
              numbers.put(text, number);
            }
          });
    }
    return numbers;
  }
}
