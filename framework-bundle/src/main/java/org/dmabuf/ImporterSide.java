package org.dmabuf;

import java.util.List;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.sg.MappingOffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The importer of one attachment: what it said of itself at attach, and how it is told of moves.
 *
 * <pre>
 *   static    no ops: is told nothing
 *   dynamic   ops: told of moves --end()--> told nothing, and nothing of it is held
 * </pre>
 *
 * <p>Thread-safe; no lock is taken. Kernel counterpart: {@code dma_buf_attachment.importer_ops}.
 */
final class ImporterSide {
  private static final Logger LOG = LoggerFactory.getLogger(ImporterSide.class);

  private final Attachment attachment;
  private final Client client; // the importer's
  private final boolean dynamic;
  private final boolean revocable;
  private volatile ImporterOps ops; // null: static, or ended
  private volatile boolean peerToPeer;
  private volatile String agreed = MappingOffer.SG_TABLE.type().name();

  ImporterSide(Attachment attachment, Client client, ImporterOps ops) {
    this.attachment = attachment;
    this.client = client;
    this.ops = ops;
    this.dynamic = ops != null;
    if (dynamic) {
      strikeQuestion();
    }
    this.revocable = dynamic && ops.isRevocable();
    this.peerToPeer = dynamic && ops.allowPeerToPeer();
  }

  boolean isDynamic() {
    return dynamic;
  }

  boolean isRevocable() {
    return revocable;
  }

  boolean isPeerToPeer() {
    return peerToPeer;
  }

  void clearPeerToPeer() {
    peerToPeer = false;
  }

  /** Finds the first offers that agree; an importer that says nothing takes a table of memory. */
  MappingOffer.Agreement agree(List<MappingOffer> offers) {
    ImporterOps now = ops;
    if (now != null) {
      strikeQuestion();
    }
    List<MappingOffer> theirs = now == null ? List.of(MappingOffer.SG_TABLE) : now.mappingOffers();
    MappingOffer.Agreement agreement = MappingOffer.agree(offers, theirs);
    agreed = agreement.exporter().type().name();
    return agreement;
  }

  /** Returns the name of the type of mapping. */
  String mappingType() {
    return agreed;
  }

  /** Tells of a move; one that throws is logged, and one whose bundle leaves is not called. */
  void notifyMove() {
    ImporterOps now = ops;
    CallGate gate = client.gate();
    if (now == null || !gate.enter("Move notify")) {
      return;
    }
    try {
      now.moveNotify(attachment);
      if (client.faults().isOn()) {
        client.faults().after(FaultPoint.MOVE_NOTIFY, "Move notify to " + attachment);
      }
    } catch (Throwable failed) {
      LOG.error("Move notify to {} failed: {}", attachment, failed, failed);
    } finally {
      gate.exit();
    }
  }

  private void strikeQuestion() {
    if (client.faults().isOn()) {
      client
          .faults()
          .before(FaultPoint.IMPORTER_ASKED, "A question to the importer " + client.name());
    }
  }

  void end() {
    ops = null;
  }
}
