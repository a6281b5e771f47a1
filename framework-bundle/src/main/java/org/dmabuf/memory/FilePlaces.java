package org.dmabuf.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the pages of a memory file are: each at its own place, but for those that were exchanged
 * because a hole was punched while a buffer kept the old ones.
 *
 * <pre>
 *   page      0    1    2    3
 *   file    [ 0 ][ 1 ][old][ 3 ]        old: reachable only by the pin that keeps it
 *   spare              [ 0 ]            made at the first exchange, one page longer with each
 * </pre>
 *
 * <p>Guarded by its file.
 */
final class FilePlaces {
  /** A page that lies in the spare file: where, and by which exchange it came there. */
  private record Exchanged(long spareOffset, long generation) {}

  private static final int NO_FILE = -1;

  private final String name;
  private final NativeMemory os;
  private final int pageSize;
  private final int fd;
  private final Map<Long, Exchanged> exchanged = new HashMap<>();
  private final Set<FilePin> pins = new HashSet<>();
  private int spare = NO_FILE;
  private int sealed;
  private long generation;

  FilePlaces(String name, NativeMemory os, int pageSize, long size) {
    this.name = name;
    this.os = os;
    this.pageSize = pageSize;
    this.fd = os.sealableFile(name, size);
  }

  boolean pinned() {
    return !pins.isEmpty();
  }

  /** Sees that the system's file has at least these seals. */
  void seal(int seals) {
    if ((seals & ~sealed) != 0) {
      os.seal(fd, seals & ~sealed);
      sealed |= seals;
    }
  }

  /**
   * Sets the size; when it is less, the system zeroes the rest of the last page. No page that was
   * exchanged goes, for what can be pinned cannot shrink.
   */
  void resize(long bytes) {
    os.resize(fd, bytes);
  }

  FilePin pin(long offset, long bytes) {
    FilePin pin = new FilePin(offset, bytes, generation, places(offset, bytes));
    pins.add(pin);
    return pin;
  }

  void unpin(FilePin pin) {
    pins.remove(pin);
  }

  /** Returns a range of whole pages as runs for a mapping. */
  List<StoreRun> runs(long offset, long bytes) {
    List<StoreRun> runs = new ArrayList<>();
    for (FilePin.Place place : places(offset, bytes)) {
      runs.add(FileRun.unseen(place));
    }
    return runs;
  }

  void punch(long from, long to, Set<FileMapping> mappings) {
    long firstWhole = up(from);
    long afterWhole = to / pageSize * pageSize;
    if (firstWhole > afterWhole) {
      zero(from, to);
      return;
    }
    zero(from, firstWhole);
    zero(afterWhole, to);
    for (FilePin.Place place : unkept(firstWhole, afterWhole, mappings)) {
      if (!os.punch(place.fd(), place.offset(), place.bytes())) {
        zeroAt(place, 0, place.bytes());
      }
    }
  }

  void close() {
    os.closeFile(fd);
    if (spare != NO_FILE) {
      os.closeFile(spare);
    }
  }

  /** Exchanges the pages that pins keep, and returns where the others are. */
  private List<FilePin.Place> unkept(long from, long to, Set<FileMapping> mappings) {
    if (pins.isEmpty()) {
      return places(from, to - from);
    }
    List<FilePin.Place> free = new ArrayList<>();
    for (long page = from; page < to; page += pageSize) {
      if (isKept(page)) {
        exchange(page, mappings);
      } else {
        free.addAll(places(page, pageSize));
      }
    }
    return free;
  }

  private boolean isKept(long page) {
    Exchanged now = exchanged.get(page);
    long since = now == null ? 0 : now.generation();
    return pins.stream().anyMatch(pin -> pin.keeps(page, since));
  }

  private void exchange(long page, Set<FileMapping> mappings) {
    long at = generation * pageSize;
    if (spare == NO_FILE) {
      spare = os.memoryFile(name, pageSize);
    } else {
      os.resize(spare, at + pageSize);
    }
    generation++;
    exchanged.put(page, new Exchanged(at, generation));
    for (FileMapping mapping : mappings) {
      if (page >= mapping.offset() && page < mapping.end()) {
        long address = mapping.base() + page - mapping.offset();
        os.mapAt(address, spare, at, pageSize, mapping.protection());
      }
    }
  }

  private List<FilePin.Place> places(long offset, long bytes) {
    if (exchanged.isEmpty()) {
      return bytes == 0 ? List.of() : List.of(new FilePin.Place(fd, offset, bytes));
    }
    List<FilePin.Place> places = new ArrayList<>();
    for (long page = offset; page < offset + bytes; page += pageSize) {
      Exchanged now = exchanged.get(page);
      places.add(
          now == null
              ? new FilePin.Place(fd, page, pageSize)
              : new FilePin.Place(spare, now.spareOffset(), pageSize));
    }
    return places;
  }

  /** Zeroes part of a page, wherever that is. */
  private void zero(long from, long to) {
    if (from < to) {
      long page = from / pageSize * pageSize;
      zeroAt(places(page, up(to) - page).getFirst(), from - page, to - page);
    }
  }

  private void zeroAt(FilePin.Place place, long from, long to) {
    int both = NativeMemory.PROT_READ | NativeMemory.PROT_WRITE;
    long base = os.map(place.fd(), place.offset(), place.bytes(), both);
    try {
      NativeMemory.zero(base + from, to - from);
    } finally {
      os.unmap(base, place.bytes());
    }
  }

  private long up(long bytes) {
    return (bytes + pageSize - 1) / pageSize * pageSize;
  }
}
