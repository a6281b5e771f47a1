package org.dmabuf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dmabuf.file.FileTable;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.Candidate;
import org.dmabuf.negotiation.DeviceCatalog;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client finds a buffer that suits all its devices. The calls are those of {@link
 * DmaBufRegistry}.
 *
 * <pre>
 *   needs of the devices --> candidates in order --> ask the first --made--> checked, adopted
 *                                                     ^  |  failed, gone, too large
 *                                                     +--+  the next
 * </pre>
 *
 * <p>No lock is held anywhere here: what comes or goes meanwhile is seen when it is asked.
 */
final class ClientNegotiation {
  private static final Logger LOG = LoggerFactory.getLogger(ClientNegotiation.class);

  private final DeviceCatalog catalog;
  private final ClientLife life;
  private final ClientBuffers buffers;
  private final Books books;
  private final FileTable caller;

  ClientNegotiation(
      DeviceCatalog catalog,
      ClientLife life,
      ClientBuffers buffers,
      Books books,
      FileTable caller) {
    this.catalog = catalog;
    this.books = books;
    this.life = life;
    this.buffers = buffers;
    this.caller = caller;
  }

  List<ExporterOffer> exporters() {
    return catalog.offers();
  }

  List<ImporterNeeds> importers() {
    return catalog.importers();
  }

  Listing whenDevicesChange(Runnable told) {
    Listing watch = catalog.watch(told);
    Set<Listing> watches = books.watches();
    watches.add(watch);
    return life.kept(
        "watch devices",
        () -> {
          watch.close();
          watches.remove(watch);
        },
        Listing::close);
  }

  Negotiation negotiate(BufferRequest request, Importer... importers) {
    life.checkOpen("negotiate buffers");
    List<ImporterNeeds> needs = Arrays.stream(importers).map(Importer::needs).toList();
    return Negotiation.of(request, needs, catalog.offers());
  }

  NegotiatedBuffer allocate(BufferRequest request, Importer... importers) {
    Negotiation answer = negotiate(request, importers);
    List<Candidate> fitting = answer.fitting();
    if (fitting.isEmpty()) {
      throw nobody(answer);
    }
    List<String> failures = new ArrayList<>();
    Errno last = Errno.ENODEV;
    for (Candidate candidate : fitting) {
      try {
        return new NegotiatedBuffer(make(answer, candidate), candidate, failures);
      } catch (DmaBufException refused) {
        // This client's own end and an interrupt are no failures of that exporter.
        life.checkOpen("negotiate buffers");
        last = refused.errno();
        if (last == Errno.EINTR || last == Errno.ERESTARTSYS) {
          throw refused;
        }
        failures.add(candidate.place() + " failed with " + refused.getMessage());
      }
    }
    throw new DmaBufException(
        last, "Nobody has made " + answer.sentence() + "; " + String.join("; ", failures));
  }

  private DmaBufException nobody(Negotiation answer) {
    if (!answer.candidates().isEmpty()) {
      return new DmaBufException(Errno.EINVAL, answer.sentence());
    }
    List<String> there = catalog.offers().stream().map(ExporterOffer::name).sorted().toList();
    Set<String> only = new TreeSet<>(answer.request().exporters());
    return new DmaBufException(
        Errno.ENODEV,
        answer.sentence()
            + (only.isEmpty() ? "" : " but " + String.join(", ", only))
            + "; there "
            + (there.isEmpty() ? "is no exporter" : "is " + String.join(", ", there)));
  }

  /** Has a candidate made, and makes sure that it is what was promised. */
  private DmaBuf make(Negotiation answer, Candidate candidate) {
    BufferSpec spec = answer.specOf(candidate);
    Optional<DmaBuf> made =
        catalog.ask(candidate.exporter(), exporter -> ask(exporter, spec, candidate));
    DmaBuf theirs =
        made.orElseThrow(
            () ->
                new DmaBufException(
                    Errno.ENODEV, "Exporter " + candidate.exporter().name() + " has left"));
    DmaBuf ours;
    try {
      ours = buffers.adopt(theirs);
    } finally {
      // It may be closed already, when its exporter has left meanwhile.
      theirs.tryPut();
    }
    try {
      check(answer, candidate, spec, ours);
      return ours;
    } catch (DmaBufException wrong) {
      ours.tryPut();
      throw wrong;
    }
  }

  /** Whatever an exporter throws: the next one is asked, and its classes are not kept. */
  private DmaBuf ask(BufferExporter exporter, BufferSpec spec, Candidate candidate) {
    String name = candidate.exporter().name();
    DmaBuf made;
    try {
      made = exporter.allocate(spec, caller);
    } catch (DmaBufException refused) {
      throw refused;
    } catch (RuntimeException | LinkageError failed) {
      LOG.error("Exporter {} failed at {}", name, spec, failed);
      throw new DmaBufException(Errno.EIO, "Exporter " + name + " threw " + failed);
    }
    if (made == null) {
      throw new DmaBufException(Errno.ENOMEM, "Exporter " + name + " gave no buffer");
    }
    return made;
  }

  private static void check(Negotiation answer, Candidate candidate, BufferSpec spec, DmaBuf made) {
    if (made.size() < spec.bytes()) {
      throw new DmaBufException(
          Errno.EIO,
          made + " has " + made.size() + " bytes; " + spec.bytes() + " or more were asked");
    }
    List<Refusal> refusals = answer.refusalsOf(candidate, made.size());
    if (!refusals.isEmpty()) {
      throw new DmaBufException(
          Errno.EFBIG, made + " does not fit: " + refusals.getFirst().sentence());
    }
  }
}
