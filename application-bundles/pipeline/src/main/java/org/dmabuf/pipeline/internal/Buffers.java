package org.dmabuf.pipeline.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Candidate;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline's buffers, which suit all its devices and lie all alike: a descriptor for each in
 * the pipeline's table.
 *
 * <p>Used by the pipeline's thread only.
 */
final class Buffers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Buffers.class);

  private final FileTable files;
  private final List<Slot> slots = new ArrayList<>();
  private final Set<Long> exporters = new HashSet<>();
  private final Set<String> names = new TreeSet<>();
  private Candidate first;

  private Buffers(FileTable files) {
    this.files = files;
  }

  /**
   * Allocates all, or none.
   *
   * @throws DmaBufException what the negotiation said; EINVAL when two exporters lay frames out
   *     differently
   */
  static Buffers allocate(
      DmaBufRegistry registry, BufferRequest request, int count, Importer... devices) {
    Buffers buffers = new Buffers(registry.files());
    try {
      for (int i = 0; i < count; i++) {
        buffers.add(registry, registry.allocate(request, devices));
      }
      return buffers;
    } catch (DmaBufException refused) {
      buffers.close();
      throw refused;
    }
  }

  private void add(DmaBufRegistry registry, NegotiatedBuffer made) {
    try {
      Candidate candidate = made.candidate();
      first = first == null ? candidate : first;
      if (!candidate.layout().equals(first.layout())) {
        throw new DmaBufException(
            Errno.EINVAL,
            "%s lays frames out as %s and %s as %s; one of them alone would work"
                .formatted(first.place(), first.layout(), candidate.place(), candidate.layout()));
      }
      slots.add(new Slot(slots.size(), registry.fd(made.buffer(), files, true)));
      exporters.add(candidate.exporter().id());
      names.add(candidate.exporter().name());
      if (!made.failures().isEmpty()) {
        LOG.info("Buffer {} is {}", slots.size() - 1, made.sentence());
      }
    } catch (DmaBufException refused) {
      made.close();
      throw refused;
    }
  }

  /** The numbers of the exporters' services. */
  Set<Long> exporters() {
    return exporters;
  }

  /** The exporters' names, for people. */
  String exporterNames() {
    return String.join(", ", names);
  }

  FrameLayout layout() {
    return first.layout().orElseThrow();
  }

  /** What every pitch is a multiple of, so that all devices can use the buffers. */
  int pitchAlign() {
    return first.pitchAlign();
  }

  int count() {
    return slots.size();
  }

  List<Slot> slots() {
    return slots;
  }

  Optional<Slot> free() {
    return slots.stream().filter(slot -> slot.state() == Slot.State.FREE).findFirst();
  }

  /** Closes the descriptors; a device that still uses a buffer keeps it until it lets go. */
  @Override
  public void close() {
    for (Slot slot : slots) {
      try {
        files.close(slot.fd());
      } catch (DmaBufException closed) {
        // This bundle has stopped meanwhile, and the framework has closed its table.
        LOG.debug("Buffer {}: {}", slot.index(), closed.getMessage());
      }
    }
    slots.clear();
  }
}
