package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.sg.SgTable;

/**
 * One mapping of an attachment: a table as the exporter gave it, as it suits the device, and as the
 * importer has it. Immutable.
 *
 * <pre>
 *   given --{@link DmaMapper}--> fitted --> view --> importer
 * </pre>
 *
 * <p>When leaks are looked for, the importer's view is known by a note only, so that it can be seen
 * that it is dropped; one that is kept until detach is never dropped.
 */
final class DeviceMapping {
  private final SgTable given;
  private final SgTable fitted;
  private final SgTable view; // null: the note knows it
  private final DmaDirection direction;
  private final boolean kept;
  private final MappingLifetime lifetime; // null outside debug mode
  private final long sinceNanos;
  private final Acquisition note; // null: nothing was noted

  DeviceMapping(
      SgTable given,
      SgTable fitted,
      SgTable view,
      DmaDirection direction,
      boolean kept,
      MappingLifetime lifetime,
      long sinceNanos,
      Acquisition note) {
    this.given = given;
    this.fitted = fitted;
    this.view = note == null ? view : null;
    this.direction = direction;
    this.kept = kept;
    this.lifetime = lifetime;
    this.sinceNanos = sinceNanos;
    this.note = note;
  }

  SgTable given() {
    return given;
  }

  SgTable fitted() {
    return fitted;
  }

  /** Never null for a kept one. */
  SgTable view() {
    return view;
  }

  DmaDirection direction() {
    return direction;
  }

  boolean isOf(SgTable table) {
    return note == null ? view == table : note.refersTo(table);
  }

  /** Returns the memory of the importer's table. */
  List<MemorySegment> access(SgTable table) {
    return lifetime == null ? table.segments() : lifetime.segments();
  }

  /** It is given back. */
  void end(Attachment attachment) {
    LeakTracker.release(note);
    if (lifetime != null) {
      lifetime.end("mapping through the " + attachment);
    }
  }

  Snapshot.Mapping snapshot(long atNanos) {
    return new Snapshot.Mapping(
        direction,
        kept,
        fitted.size(),
        fitted.ranges().size(),
        Snapshot.Taken.of(atNanos - sinceNanos, note));
  }
}
