package org.dmabuf.acceptance.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.Errno;

/** What exporters were asked for, counted: at the end, what began has ended as often. */
final class Books {
  /** Calls that come in pairs. */
  enum Pair {
    ATTACH,
    MAP,
    PIN,
    VMAP,
    EXPORT
  }

  private final Map<Pair, AtomicLong> begun = new EnumMap<>(Pair.class);
  private final Map<Pair, AtomicLong> ended = new EnumMap<>(Pair.class);
  private final AtomicLong twice = new AtomicLong();
  private final AtomicLong unexpected = new AtomicLong();

  Books() {
    for (Pair pair : Pair.values()) {
      begun.put(pair, new AtomicLong());
      ended.put(pair, new AtomicLong());
    }
  }

  void begin(Pair pair) {
    begun.get(pair).incrementAndGet();
  }

  void end(Pair pair) {
    ended.get(pair).incrementAndGet();
  }

  /** A buffer was released a second time. */
  void releasedTwice() {
    twice.incrementAndGet();
  }

  /** Something was given back that was gone: only these errors say so. */
  void gone(Errno errno) {
    switch (errno) {
      case EBADF, EINVAL, ENODEV -> {}
      default -> unexpected.incrementAndGet();
    }
  }

  List<String> differences() {
    List<String> differences = new ArrayList<>();
    for (Pair pair : Pair.values()) {
      long first = begun.get(pair).get();
      long last = ended.get(pair).get();
      if (first != last) {
        differences.add(pair + " begun " + first + " times and ended " + last);
      }
    }
    if (twice.get() > 0) {
      differences.add(twice + " buffers were released twice");
    }
    if (unexpected.get() > 0) {
      differences.add(unexpected + " times giving back failed with an error that it does not have");
    }
    return differences;
  }
}
