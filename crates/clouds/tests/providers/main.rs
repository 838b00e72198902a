//! Six clouds, played by a stand-in that answers as their documentation says. What is signed is verified with the public
//! key.

mod azure;
mod every_cloud;
mod google;
mod keys;
mod lambda;
mod nebius;
mod oracle;
mod runpod;
mod stand_in;
