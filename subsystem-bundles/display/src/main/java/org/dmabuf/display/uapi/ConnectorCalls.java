package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.file.IoctlStruct;

/**
 * Connectors and their modes.
 *
 * <pre>
 *   GETCONNECTOR   0 encoders_ptr u64 | 8 modes_ptr | 16 props_ptr | 24 prop_values_ptr
 *                  | 32 count_modes u32 | 36 count_props | 40 count_encoders | 44 encoder_id
 *                  | 48 connector_id | 52 connector_type | 56 connector_type_id | 60 connection
 *                  | 64 mm_width | 68 mm_height | 72 subpixel | 76 pad
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_mode_getconnector()}.
 */
final class ConnectorCalls {
  static final int BYTES = 80;
  static final int MODES = 8;
  static final int MODE_COUNT = 32;
  static final int ID = 48;
  static final int TYPE = 52;
  static final int CONNECTION = 60;
  static final int CONNECTED = 1;
  static final int TYPE_WRITEBACK = 18;

  private static final int ENCODER_COUNT = 40;
  private static final int ENCODER = 44;
  private static final int TYPE_ID = 56;
  private static final int TYPE_VIRTUAL = 15;
  private static final int DISCONNECTED = 2;

  private ConnectorCalls() {}

  static void connector(KmsRequest request) {
    Connector connector = request.node().connector(request.getInt(ID));
    boolean writeback = connector.kind() == Connector.Kind.WRITEBACK;
    int encoder = request.node().encoderOf(connector);
    tellModes(request, connector.modes());
    request.tell(0, ENCODER_COUNT, List.of(encoder));
    PropertyCalls.tellProperties(request, connector, 16, 24, 36);
    boolean fed = request.kms().state().of(connector).crtc().isPresent();
    request.setInt(ENCODER, fed ? encoder : 0);
    request.setInt(TYPE, writeback ? TYPE_WRITEBACK : TYPE_VIRTUAL);
    request.setInt(TYPE_ID, 1 + connector.possibleCrtc().index());
    request.setInt(CONNECTION, connector.isConnected() ? CONNECTED : DISCONNECTED);
    for (int at = TYPE_ID + 2 * Integer.BYTES; at < BYTES; at += Integer.BYTES) {
      request.setInt(at, 0);
    }
  }

  private static void tellModes(KmsRequest request, List<Mode> modes) {
    if (request.getUnsigned(MODE_COUNT) >= modes.size() && !modes.isEmpty()) {
      IoctlStruct list = request.list(request.getLong(MODES), (long) modes.size() * ModeInfo.BYTES);
      for (int i = 0; i < modes.size(); i++) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[ModeInfo.BYTES]);
        ModeInfo.write(bytes, modes.get(i), i == 0);
        for (long at = 0; at < ModeInfo.BYTES; at += Integer.BYTES) {
          list.setInt(
              (long) i * ModeInfo.BYTES + at, bytes.get(ValueLayout.JAVA_INT_UNALIGNED, at));
        }
      }
    }
    request.setInt(MODE_COUNT, modes.size());
  }
}
